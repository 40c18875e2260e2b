/** What fixes a pair of PG-GAN networks. */
export interface PgGanOptions {
  /** Of the finished network. */
  resolution: number;
  channels: number;
  latentSize: number;
  channelBase: number;
  channelMax: number;
}
