/** Something dark before the Sun: the Earth with its ragged atmosphere, the Moon with its sharp edge. */
import { QUALITY } from '../headers/quality.ts';
import type { Observation } from '../observation.ts';
import type { Fault } from './types.ts';

/** Twice a year SDO passes behind the Earth: a dark edge, softened by the atmosphere, moves across. */
export const eclipse: Fault = {
  name: 'eclipse',
  weight: 1.2,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  light(image, observation) {
    const random = observation.random.fork('eclipse');
    const angle = 2 * Math.PI * random.uniform();
    const { geometry, radius } = frameOf(observation);
    const offset = (1.2 * random.uniform() - 0.7) * radius;
    const softness = (0.05 + 0.1 * random.uniform()) * radius;
    const phases = [random.uniform(), random.uniform(), random.uniform()].map((share) => 2 * Math.PI * share);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    eachPixel(image, geometry.width, (x, y, value) => {
      const dx = x - geometry.centreX;
      const dy = y - geometry.centreY;
      const along = (dx * cos - dy * sin) / radius;
      const ragged =
        softness *
        (0.35 * Math.sin(5 * along + phases[0]!) +
          0.2 * Math.sin(13 * along + phases[1]!) +
          0.12 * Math.sin(29 * along + phases[2]!));
      const height = (dx * sin + dy * cos - offset + ragged) / softness;
      return value / (1 + Math.exp(-2.5 * height));
    });
  },
  report({ telemetry, random }) {
    telemetry.quality |=
      QUALITY.eclipse | (random.fork('atmosphere').uniform() < 0.5 ? QUALITY.atmosphere : 0);
    telemetry.acsEclipse = 'YES';
  },
};

/** Several times a year the Moon covers a part of the disk; the quality word tells only sometimes. */
export const lunarTransit: Fault = {
  name: 'lunar-transit',
  weight: 0.8,
  evidence: { noticed: 'header', unnoticed: 'pixels' },
  light(image, observation) {
    const random = observation.random.fork('moon');
    const { geometry, radius } = frameOf(observation);
    const moonRadius = (0.95 + 0.09 * random.uniform()) * radius;
    const direction = 2 * Math.PI * random.uniform();
    const distance = (0.75 + 0.75 * random.uniform()) * radius;
    const moonX = geometry.centreX + distance * Math.cos(direction);
    const moonY = geometry.centreY + distance * Math.sin(direction);
    eachPixel(image, geometry.width, (x, y, value) => {
      const uncovered = Math.hypot(x - moonX, y - moonY) - moonRadius + 0.5;
      return value * Math.min(1, Math.max(0, uncovered));
    });
  },
  report({ telemetry }) {
    telemetry.quality |= QUALITY.hardShadow;
  },
};

function frameOf(observation: Observation) {
  const { geometry, ephemeris } = observation;
  return { geometry, radius: ephemeris.radiusArcsec / geometry.arcsecPerPixel };
}

function eachPixel(
  image: Float32Array,
  width: number,
  change: (x: number, y: number, value: number) => number,
): void {
  for (let i = 0; i < image.length; i++) image[i] = change(i % width, Math.floor(i / width), image[i]!);
}
