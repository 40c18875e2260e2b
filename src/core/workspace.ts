/** The folders of a workspace; `data/README.md` describes them for people. */
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { SunganError } from './errors.ts';

export interface Workspace {
  readonly root: string;
  /** `raw/<source>/<product>/YYYY/MM/DD/file.fits` */
  readonly raw: string;
  readonly catalog: string;
  readonly datasets: string;
  readonly runs: string;
  readonly cache: string;
}

export function openWorkspace(root: string): Workspace {
  const base = resolve(root);
  return {
    root: base,
    raw: join(base, 'raw'),
    catalog: join(base, 'catalog.sqlite'),
    datasets: join(base, 'datasets'),
    runs: join(base, 'runs'),
    cache: join(base, 'cache'),
  };
}

/** The path inside the workspace that `relativePath` names; a path that would leave it (a server's `../`) is refused. */
export function insideWorkspace(workspace: Workspace, relativePath: string): string {
  const path = resolve(workspace.root, relativePath);
  const inside = relative(workspace.root, path);
  if (isAbsolute(relativePath) || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw new SunganError('data', 'path leaves the workspace', { where: relativePath });
  }
  return path;
}
