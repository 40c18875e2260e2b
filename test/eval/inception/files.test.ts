import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { listConvolutions } from '../../../src/eval/inception/architecture.ts';
import { readFrozenGraph } from '../../../src/eval/inception/frozen-graph.ts';
import { readPickle } from '../../../src/eval/inception/pickle.ts';
import { readTorchFile } from '../../../src/eval/inception/torch-file.ts';
import { checkWeights, type WeightTensor } from '../../../src/eval/inception/weights.ts';
import {
  integerField,
  messageField,
  packedField,
  readFields,
  stringField,
  textOf,
} from '../../../src/eval/onnx/protobuf.ts';
import { openZip } from '../../../src/eval/sources/zip-file.ts';
import { formulaWeights } from '../../support/formula-weights.ts';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
const folder = mkdtempSync(join(tmpdir(), 'sungan-weights-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const joined = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

describe.each(['small.zip.pth', 'small.legacy.pth'])('a state dictionary of torch.save: %s', (name) => {
  const path = join(fixtures, name);

  it('gives all float tensors in C order', async () => {
    const tensors = await readTorchFile(path);
    const base = Array.from({ length: 24 }, (_, i) => i / 8);
    expect([...tensors.keys()]).toEqual(['plain', 'transposed', 'row', 'scalar', 'parameter']);
    expect(tensors.get('plain')).toEqual({ shape: [4, 6], data: Float32Array.from(base) });
    const transposed = Array.from({ length: 24 }, (_, i) => base[(i % 4) * 6 + Math.floor(i / 4)]);
    expect(tensors.get('transposed')).toEqual({ shape: [6, 4], data: Float32Array.from(transposed) });
    expect([...tensors.get('row')!.data]).toEqual([13 / 8, 14 / 8, 15 / 8]);
    expect(tensors.get('scalar')).toEqual({ shape: [], data: Float32Array.of(-2.5) });
    expect(tensors.get('parameter')!.shape).toEqual([2, 1, 3]);
  });

  it('is refused with a reason when it is cut off anywhere', async () => {
    const bytes = readFileSync(path);
    for (const share of [0.02, 0.3, 0.6, 0.9]) {
      const cut = join(folder, `cut-${name}`);
      writeFileSync(cut, bytes.subarray(0, Math.floor(share * bytes.length)));
      await expect(readTorchFile(cut)).rejects.toMatchObject({ name: 'SunganError', kind: 'format' });
    }
  });
});

it('a pickle never calls anything: a class is a name', () => {
  // os.system('ls') as a pickle: protocol 2, GLOBAL, SHORT_BINSTRING, TUPLE1, REDUCE, STOP
  const exact = Uint8Array.from([
    0x80,
    2,
    ...Buffer.from('cos\nsystem\nU'),
    2,
    ...Buffer.from('ls'),
    0x85,
    ...Buffer.from('R.'),
  ]);
  expect(readPickle(exact, 0, 'test').value).toMatchObject({ callee: 'os.system', arguments: ['ls'] });
});

describe('the frozen graph of 2015', () => {
  const weights = formulaWeights('graph:');

  /** A GraphDef with the constants of the network, in TensorFlow's names and order of axes. */
  function frozenGraph(): Uint8Array {
    const nodes: Uint8Array[] = [];
    const add = (name: string, tensor: WeightTensor, fewNumbers = false) => {
      const dimensions = tensor.shape.map((size) => messageField(2, integerField(1, size)));
      const content = packedField(fewNumbers ? 5 : 4, new Uint8Array(tensor.data.buffer));
      const proto = joined(integerField(1, 1), messageField(2, joined(...dimensions)), content);
      const attribute = joined(stringField(1, 'value'), messageField(2, messageField(8, proto)));
      nodes.push(
        messageField(1, joined(stringField(1, name), stringField(2, 'Const'), messageField(5, attribute))),
      );
    };
    for (const { layer } of listConvolutions()) {
      const get = (part: string) => weights.get(`${layer.torch}.${part}`)!;
      add(`${layer.tensorflow}/conv2d_params`, outputsLast(get('conv.weight')));
      add(`${layer.tensorflow}/batchnorm/gamma`, get('bn.weight'));
      add(`${layer.tensorflow}/batchnorm/beta`, get('bn.bias'), true);
      add(`${layer.tensorflow}/batchnorm/moving_mean`, get('bn.running_mean'));
      add(`${layer.tensorflow}/batchnorm/moving_variance`, get('bn.running_var'));
    }
    const { shape, data } = weights.get('fc.weight')!;
    add('softmax/weights', {
      shape: [shape[1], shape[0]],
      data: outputsLast({ shape: [...shape, 1, 1], data }).data,
    });
    add('softmax/biases', weights.get('fc.bias')!);
    nodes.push(messageField(1, joined(stringField(1, 'pool_3'), stringField(2, 'AvgPool'))));
    return joined(...nodes);
  }

  it('gives all tensors under the names of the port', async () => {
    const path = join(folder, 'graph.pb');
    writeFileSync(path, frozenGraph());
    const read = await readFrozenGraph(path);
    checkWeights(read, path);
    expect(read.size).toBe(weights.size);
    for (const name of [
      'Conv2d_1a_3x3.conv.weight',
      'Mixed_6c.branch7x7dbl_4.conv.weight',
      'Mixed_7b.branch3x3dbl_3b.bn.bias',
      'fc.weight',
    ]) {
      expect(read.get(name)!.shape).toEqual(weights.get(name)!.shape);
      expect(
        Buffer.compare(Buffer.from(read.get(name)!.data.buffer), Buffer.from(weights.get(name)!.data.buffer)),
      ).toBe(0);
    }
  });

  it('uses the names that TensorFlow gave', () => {
    const names = new Map(listConvolutions().map(({ layer }) => [layer.torch, layer.tensorflow]));
    expect(names.get('Conv2d_4a_3x3')).toBe('conv_4');
    expect(names.get('Mixed_5b.branch5x5_2')).toBe('mixed/tower/conv_1');
    expect(names.get('Mixed_5d.branch_pool')).toBe('mixed_2/tower_2/conv');
    expect(names.get('Mixed_6a.branch3x3')).toBe('mixed_3/conv');
    expect(names.get('Mixed_6a.branch3x3dbl_3')).toBe('mixed_3/tower/conv_2');
    expect(names.get('Mixed_6e.branch7x7dbl_5')).toBe('mixed_7/tower_1/conv_4');
    expect(names.get('Mixed_7a.branch3x3_2')).toBe('mixed_8/tower/conv_1');
    expect(names.get('Mixed_7a.branch7x7x3_4')).toBe('mixed_8/tower_1/conv_3');
    expect(names.get('Mixed_7b.branch3x3_2b')).toBe('mixed_9/tower/mixed/conv_1');
    expect(names.get('Mixed_7c.branch3x3dbl_3a')).toBe('mixed_10/tower_1/mixed/conv');
    expect(names.get('Mixed_7c.branch_pool')).toBe('mixed_10/tower_2/conv');
  });

  it('a file of something else is refused by what is missing', async () => {
    const tensors = await readTorchFile(join(fixtures, 'small.zip.pth'));
    expect(() => checkWeights(tensors, 'x')).toThrow('Conv2d_1a_3x3.conv.weight [32, 3, 3, 3] is missing');
  });
});

function outputsLast({ shape, data }: WeightTensor): WeightTensor {
  const [outputs, inputs, rows, columns] = shape;
  const area = rows * columns;
  const result = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < area; p++)
        result[(p * inputs + i) * outputs + o] = data[(o * inputs + i) * area + p];
    }
  }
  return { shape: [rows, columns, inputs, outputs], data: result };
}

describe('protocol buffers', () => {
  it('come back as they were written, large numbers too', () => {
    const bytes = joined(
      integerField(1, 2 ** 40 + 5),
      stringField(2, 'Å'),
      messageField(16, integerField(3, 0)),
    );
    const fields = [...readFields(bytes, 'test')];
    expect(fields.map(({ number }) => number)).toEqual([1, 2, 16]);
    expect(fields[0].value).toBe(2 ** 40 + 5);
    expect(textOf(fields[1].value)).toBe('Å');
  });

  it('that lie about their length are refused', () => {
    expect(() => [...readFields(Uint8Array.of(0x12, 0x7f, 1), 'x')]).toThrow('damaged protocol buffer');
    expect(() => [...readFields(Uint8Array.of(0x08, 0xff), 'x')]).toThrow('damaged protocol buffer');
  });
});

it('a ZIP file that is none is refused', async () => {
  const path = join(folder, 'no.zip');
  writeFileSync(path, 'x'.repeat(100));
  await expect(openZip(path)).rejects.toThrow('it has no directory at its end');
});
