/**
 * The table of engines. Each is loaded only when it is asked for, because loading one starts native code; what is
 * absent on this machine is reported with the reason, never skipped in silence.
 */
import { SunganError } from '../../core/errors.ts';
import type { Engine, EngineOptions } from './engine.ts';

export type { CompiledProgram, Engine, EngineOptions, Value } from './engine.ts';

interface EngineRow {
  /** What it is, for `doctor`. */
  summary: string;
  /** How to get it where it is missing. */
  remedy: string;
  open(options: EngineOptions): Promise<Engine>;
}

const ENGINES = {
  'ort:cpu': {
    summary: 'ONNX Runtime on the processor',
    remedy: 'run `npm run setup`: it is part of the default installation',
    open: async (options) => (await import('./ort/index.ts')).createOrtEngine('cpu', options),
  },
  'ort:cuda': {
    summary: 'ONNX Runtime on an NVIDIA card',
    remedy:
      'install CUDA 12 and cuDNN 9, then `npm rebuild onnxruntime-node --ignore-scripts=false --onnxruntime-node-install=cuda12`',
    open: async (options) => (await import('./ort/index.ts')).createOrtEngine('cuda', options),
  },
  'ort:webgpu': {
    summary: 'ONNX Runtime on any card with a Vulkan, Metal or Direct3D 12 driver',
    remedy: "install the vendor's Vulkan driver (Debian: `apt-get install libvulkan1` and the driver)",
    open: async (options) => (await import('./ort/index.ts')).createOrtEngine('webgpu', options),
  },
  'tfjs:gpu': {
    summary: 'TensorFlow.js on an NVIDIA card (TensorFlow 2.9, CUDA 11.2)',
    remedy: `install CUDA 11.2 and cuDNN 8, then ${nativeRemedy('@tensorflow/tfjs-node-gpu')}`,
    open: async (options) => {
      const { createTfjsEngine } = await import('./tfjs/index.ts');
      const names = ['@tensorflow/tfjs-node-gpu'];
      return createTfjsEngine('tfjs:gpu', { names, backend: 'tensorflow', needsCard: true }, options);
    },
  },
  'tfjs:node': {
    summary: 'TensorFlow.js on the processor',
    remedy: nativeRemedy('@tensorflow/tfjs-node'),
    open: async (options) => {
      const { createTfjsEngine } = await import('./tfjs/index.ts');
      return createTfjsEngine(
        'tfjs:node',
        { names: ['@tensorflow/tfjs-node'], backend: 'tensorflow' },
        options,
      );
    },
  },
  'tfjs:wasm': {
    summary: 'TensorFlow.js in WebAssembly: slow, for checks',
    remedy: 'run `npm install --no-save @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4`',
    open: async (options) => {
      const { createTfjsEngine } = await import('./tfjs/index.ts');
      const names = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs'];
      return createTfjsEngine('tfjs:wasm', { names, backend: 'wasm' }, options);
    },
  },
} satisfies Record<string, EngineRow>;

/** Two commands: .npmrc switches install scripts off, and npm runs none for a package that is there already. */
function nativeRemedy(name: string): string {
  const commands = `npm install --no-save ${name}@4 && npm rebuild ${name} --ignore-scripts=false`;
  return `run \`${commands}\` (it downloads TensorFlow; Node up to 22)`;
}

export type EngineName = keyof typeof ENGINES;
export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];

/** `auto` is the processor: the engines for cards are chosen by name, because none has been tried on this code's authors' machines. */
export async function openEngine(name: EngineName | 'auto', options: EngineOptions): Promise<Engine> {
  const row: EngineRow = ENGINES[name === 'auto' ? 'ort:cpu' : name];
  try {
    return await row.open(options);
  } catch (cause) {
    throw new SunganError('engine', `engine ${name} does not start: ${(cause as Error).message}`, {
      remedy: row.remedy,
      cause,
    });
  }
}

export function engineSummary(name: EngineName): string {
  return ENGINES[name].summary;
}

/** How to get an engine where it is missing. */
export function engineRemedy(name: EngineName): string {
  return ENGINES[name].remedy;
}
