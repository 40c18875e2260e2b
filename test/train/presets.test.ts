import { describe, expect, it } from 'vitest';
import { createNetworks, networkOptions, stepRecipe } from '../../src/train/assemble.ts';
import { stagesOf } from '../../src/train/curriculum.ts';
import { Graph, liveNodes, printProgram } from '../../src/train/graph/index.ts';
import { parameterCount, unpackWeights } from '../../src/train/networks/parameters.ts';
import { trainOptions } from '../../src/train/options.ts';
import { presetNames, resolveRecipe } from '../../src/train/presets.ts';
import { trainingPhases } from '../../src/train/steps/index.ts';

describe('presets', async () => {
  it.each(await presetNames())('%s: every stage builds into programs', async (preset) => {
    const recipe = await resolveRecipe({ preset });
    const network = networkOptions(recipe, 1);
    for (const stage of stagesOf(recipe).slice(-2)) {
      const networks = createNetworks(network, stage.side);
      for (const { program } of trainingPhases(networks, stepRecipe(recipe, stage.batch))) {
        expect(liveNodes(program).length).toBeGreaterThan(100);
      }
    }
  });

  it('lets options of the call win', async () => {
    const recipe = await resolveRecipe({ preset: 'sungan-512', resolution: 64, augment: [] });
    expect(recipe).toMatchObject({ resolution: 64, augment: [], r1Gamma: 6.55 });
  });

  it.each([8, 2048, 4096])('builds StyleGAN2 at %i pixels, any number of channels', async (resolution) => {
    const recipe = await resolveRecipe({ preset: 'sungan-1024', resolution, batch: 1, styleMixing: 0.5 });
    const networks = createNetworks(networkOptions(recipe, 3));
    const phases = trainingPhases(networks, stepRecipe(recipe, 1));
    expect(phases.map(({ name }) => name)).toEqual([
      'discriminator',
      'discriminatorPenalty',
      'generator',
      'generatorPath',
    ]);
    const text = printProgram(phases[2]!.program);
    expect(text).toContain(`: [1, 3, ${resolution}, ${resolution}]`);
    expect(text).toContain(`# generator/synthesis.${resolution}.same`);
  });

  it.each([8, 16, 32, 64, 128, 256, 512, 1024])(
    'builds both architectures at %i pixels for 1, 2, 5 and 13 channels',
    async (resolution) => {
      const recipe = await resolveRecipe({ preset: 'demo', resolution, channelBase: 256, channelMax: 8 });
      for (const architecture of ['stylegan2', 'pggan'] as const) {
        for (const channels of [1, 2, 5, 13]) {
          const options = networkOptions({ ...recipe, architecture }, channels);
          for (const { program } of trainingPhases(createNetworks(options), stepRecipe(recipe, 2)))
            expect(liveNodes(program).length).toBeGreaterThan(50);
        }
      }
    },
  );

  it('refuses sides that are no power of two, or out of range', () => {
    for (const resolution of [4, 48, 8192])
      expect(trainOptions.safeParse({ resolution }).success, String(resolution)).toBe(false);
    expect(trainOptions.parse({ resolution: '4096' }).resolution).toBe(4096);
  });

  it('refuses adaptive augmentation of no kind', async () => {
    await expect(resolveRecipe({ preset: 'demo', adaptive: true })).rejects.toMatchObject({
      kind: 'usage',
      remedy: expect.stringContaining('bgc'),
    });
    expect(await resolveRecipe({ preset: 'demo', adaptive: true, augment: ['bgc'] })).toMatchObject({
      adaptive: true,
    });
  });

  it('refuses a batch that does not divide into groups of the discriminator', async () => {
    const recipe = await resolveRecipe({ preset: 'demo' });
    const networks = createNetworks(networkOptions(recipe, 1));
    expect(() => trainingPhases(networks, stepRecipe(recipe, 6))).toThrow(
      expect.objectContaining({ kind: 'usage', where: '--batch' }),
    );
    expect(trainingPhases(networks, stepRecipe(recipe, 3))).not.toHaveLength(0);
  });

  it('names the layer that does not fit', async () => {
    const recipe = await resolveRecipe({ preset: 'demo' });
    const networks = createNetworks(networkOptions(recipe, 1));
    const graph = new Graph();
    const weights = unpackWeights(
      graph,
      graph.input('weights', [parameterCount(networks.discriminator)]),
      networks.discriminator,
    );
    const images = graph.input('images', [8, 2, 32, 32]);
    const build = () =>
      networks.discriminate(graph, (name) => weights.get(name)!, images, {
        sets: 1,
        fade: undefined,
        labels: undefined,
      });
    expect(build).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('images have 2 channels'),
        where: 'layer image',
      }),
    );
  });
});
