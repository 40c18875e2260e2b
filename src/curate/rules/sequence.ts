import { numberOf, type Rule } from './types.ts';

/** Frame type of the observing sequence: 0xA000 and some more in science frames, 0xC000 and above in calibrations. */
const FIRST_CALIBRATION_ID = 0xc000;

export const sequence: Rule = {
  name: 'sequence',
  summary: 'AIFTSID: 49152 (0xC000) and above are calibration sequences',
  stage: 'header',
  instrument: 'AIA',
  sense: 'at most',
  limit: () => FIRST_CALIBRATION_ID - 1,
  measure({ header }) {
    const id = numberOf(header, 'AIFTSID');
    return id === null ? { score: null } : { score: id, note: `AIFTSID 0x${id.toString(16)}` };
  },
};
