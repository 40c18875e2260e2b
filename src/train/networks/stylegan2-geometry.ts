/** Sizes of StyleGAN2's layers. */
export interface StyleGan2Options {
  resolution: number;
  /** Image channels (wavelengths). */
  channels: number;
  latentSize: number;
  styleSize: number;
  mappingLayers: number;
  /** Feature channels are min(channelBase / side, channelMax). */
  channelBase: number;
  channelMax: number;
  /** Classes; default 0, a network without labels. */
  labelCount?: number;
}

export type ChannelOptions = Pick<StyleGan2Options, 'channelBase' | 'channelMax'>;

export const MINIMUM_SIDE = 4;

/** 4, 8, ..., resolution */
export function sidesOf(resolution: number): number[] {
  const sides: number[] = [];
  for (let side = MINIMUM_SIDE; side <= resolution; side *= 2) sides.push(side);
  return sides;
}

export function featureChannels({ channelBase, channelMax }: ChannelOptions, side: number): number {
  return Math.min(channelMax, Math.max(1, Math.floor(channelBase / side)));
}

/** The sides of the noise planes, in the order of the layers that use them. */
export function noiseSides(resolution: number): number[] {
  return sidesOf(resolution).flatMap((side) => (side === MINIMUM_SIDE ? [side] : [side, side]));
}
