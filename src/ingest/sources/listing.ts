/** Names in an Apache directory index. Whatever else a page holds is not believed. */

/** File names that the page links to, in its order: plain names only, no folders, no queries, no other places. */
export function namesInIndex(page: string): string[] {
  const names = new Set<string>();
  for (const [, link] of page.matchAll(/<a\s[^<>]{0,200}?href\s{0,9}=\s{0,9}"([^"<>]{1,255})"/gi)) {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(link!)) names.add(link!);
  }
  return [...names];
}

/** Whether the page is an index at all: a page of a proxy or a maintenance notice is no empty folder. */
export function isIndex(page: string): boolean {
  return /<title>\s*Index of \//i.test(page);
}
