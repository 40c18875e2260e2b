/** The synthetic Sun: noise-free pictures and magnetograms of one physical state. */

export { type Channel, channelOf, findChannel, WAVELENGTHS, type Wavelength } from './channels.ts';
export { activityAt, decimalYear } from './cycle.ts';
export { degradationAt } from './degradation.ts';
export { type Ephemeris, ephemerisAt } from './ephemeris.ts';
export { renderMagnetogramSteps } from './magnetogram.ts';
export { blur } from './optics.ts';
export { renderSun, renderSunSteps, type SunRequest } from './render.ts';
export { sunStateAt } from './state.ts';
export { centredGeometry, type Geometry } from './view.ts';
