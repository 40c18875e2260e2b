/** Files that are no frames: cut short, a web page under a frame's name, the frame of another slot. */
import { htmlErrorPage } from '../archive/pages.ts';
import type { Fault } from './types.ts';

export const truncated: Fault = {
  name: 'truncated',
  weight: 1,
  evidence: { noticed: 'file', unnoticed: 'file' },
  file(bytes, { random }) {
    return bytes.slice(0, Math.floor(bytes.length * (0.1 + 0.85 * random.fork('cut').uniform())));
  },
};

export const html: Fault = {
  name: 'html',
  weight: 0.8,
  evidence: { noticed: 'file', unnoticed: 'file' },
  file(_bytes, { id }) {
    return new TextEncoder().encode(htmlErrorPage(id));
  },
};

/** The slot holds the frame of the slot before: same FSN, a T_OBS too early. */
export const duplicate: Fault = {
  name: 'duplicate',
  weight: 0.8,
  evidence: { noticed: 'header', unnoticed: 'header' },
  substitute: (id, stepMs) => ({ ...id, slot: new Date(id.slot.getTime() - stepMs) }),
};
