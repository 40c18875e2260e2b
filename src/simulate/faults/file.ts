/** Files that are no frames: cut short, a web page under a frame's name, the frame of another slot. */
import { htmlErrorPage } from '../archive/pages.ts';
import type { Fault } from './types.ts';

/** Of FITS. */
const BLOCK_BYTES = 2880;

export const truncated: Fault = {
  name: 'truncated',
  weight: 1,
  evidence: { noticed: 'file', unnoticed: 'file' },
  file(bytes, { random }) {
    const end = Math.floor(bytes.length * (0.1 + 0.85 * random.fork('cut').uniform()));
    // The last block may be padding but for a few bytes: without all of it, pixels are missing for certain.
    return bytes.slice(0, Math.min(end, bytes.length - BLOCK_BYTES));
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
