/** A disk whose pointing is known, and the circle that its limb lies on: the truth that registration is held against. */
import type { Pointing } from '../../src/curate/register.ts';
import { createImage, type Image, sampleLinear } from '../../src/numeric/index.ts';

export const RADIUS_ARCSEC = 960;
/** Position angle (degrees from solar north towards the east, which is left) and distance of a bright point. */
export const POINT = { angle: 35, radii: 0.6 };

/** A disk with a soft limb and one bright point, as a telescope with that pointing sees it. */
export function drawDisk(size: number, pointing: Pointing): Image {
  const radius = RADIUS_ARCSEC / pointing.arcsecPerPixel;
  const roll = (pointing.rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const world = {
    x: -POINT.radii * Math.sin((POINT.angle * Math.PI) / 180),
    y: POINT.radii * Math.cos((POINT.angle * Math.PI) / 180),
  };
  const data = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [px, py] = [x - pointing.centreX, y - pointing.centreY];
      // World coordinates by the FITS rule: x to the west (right), y to the north, in radii.
      const wx = (cos * px - sin * py) / radius;
      const wy = (sin * px + cos * py) / radius;
      const limb = 1 / (1 + Math.exp((Math.hypot(wx, wy) - 1) * radius * 0.8));
      const spot = Math.exp(-((wx - world.x) ** 2 + (wy - world.y) ** 2) / 0.0008);
      data[y * size + x] = 1000 * limb + 4000 * spot;
    }
  }
  return createImage(size, size, data);
}

/** Least-squares circle through the half-brightness radii of 360 directions around the array's centre. */
export function measureDisk(image: Image): { x: number; y: number; radius: number } {
  const middle = (image.width - 1) / 2;
  const points = Array.from({ length: 360 }, (_, degree) => {
    const angle = (degree * Math.PI) / 180;
    const at = (r: number) => sampleLinear(image, middle + r * Math.cos(angle), middle + r * Math.sin(angle));
    let r = middle * 0.99;
    while (at(r) < 500) r -= 0.05;
    r += (0.05 * (at(r) - 500)) / (at(r) - at(r + 0.05));
    return { angle, r };
  });
  const mean = (f: (p: (typeof points)[number]) => number) =>
    points.reduce((sum, p) => sum + f(p), 0) / points.length;
  return {
    x: 2 * mean((p) => p.r * Math.cos(p.angle)),
    y: 2 * mean((p) => p.r * Math.sin(p.angle)),
    radius: mean((p) => p.r),
  };
}
