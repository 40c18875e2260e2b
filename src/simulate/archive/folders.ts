/** From paths of files to the folders above them. */
export interface IndexEntry {
  name: string;
  isFolder: boolean;
  modified: Date;
  bytes: number | undefined;
}

export interface ListedFile {
  path: string;
  modified: Date;
  bytes: number;
}

/** Every folder (`` for the root, others ending in a slash) with its entries: folders first, names in order. */
export function indexOf(files: readonly ListedFile[]): Map<string, IndexEntry[]> {
  const folders = new Map<string, Map<string, IndexEntry>>([['', new Map()]]);
  for (const { path, modified, bytes } of files) {
    const parts = path.split('/');
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).reduce((above, part) => `${above}${part}/`, '');
      const entries = folders.get(folder) ?? new Map<string, IndexEntry>();
      folders.set(folder, entries);
      const name = parts[depth]!;
      const known = entries.get(name);
      if (known && known.modified >= modified) continue;
      const isFolder = depth < parts.length - 1;
      entries.set(name, { name, isFolder, modified, bytes: isFolder ? undefined : bytes });
    }
  }
  return new Map([...folders].map(([folder, entries]) => [folder, [...entries.values()].sort(byName)]));
}

function byName(a: IndexEntry, b: IndexEntry): number {
  return Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1);
}
