/** What a worker thread runs: one sample a message. */
export { encodeSample as default } from './encode.ts';
