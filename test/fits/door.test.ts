import { expect, test } from 'vitest';
import * as door from '../../src/fits/index.ts';

test('the door offers these names and no others', () => {
  expect(Object.keys(door).sort()).toEqual([
    'DEFAULT_MAX_DECODED_BYTES',
    'FitsError',
    'FitsHeader',
    'card',
    'firstImage',
    'readFits',
    'readImage',
    'readImageFloat32',
    'readRaw',
    'verifySums',
    'wcs',
    'writeImage',
    'wrongSum',
  ]);
});
