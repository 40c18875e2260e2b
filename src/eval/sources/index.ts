/** The table of things that pictures can come from, asked in this order. */
import { SunganError } from '../../core/errors.ts';
import { datasetSource } from './dataset.ts';
import { folderSource } from './folder.ts';
import { onnxSource } from './onnx.ts';
import { runSource } from './run.ts';
import type { Source, SourceContext, SourceKind } from './source.ts';
import { zipSource } from './zip.ts';

export type { Source } from './source.ts';

const KINDS: readonly SourceKind[] = [runSource, datasetSource, zipSource, onnxSource, folderSource];

export async function openSource(name: string, context: SourceContext): Promise<Source> {
  for (const kind of KINDS) {
    const source = await kind.open(name, context);
    if (source) return source;
  }
  throw new SunganError('usage', `nothing to read pictures from`, {
    where: name,
    remedy: `give ${KINDS.map(({ what }) => what).join(', or ')}; \`sungan status\` lists data sets and runs`,
  });
}
