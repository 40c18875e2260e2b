/** S3's XML: listings by prefix, delimiter and pages of at most 1000 keys, and errors. */
interface S3Object {
  key: string;
  bytes: number;
}

const MOST_KEYS = 1000;
const BUCKET = 'gov-nasa-hdrl-data1';

/** ListObjectsV2. The continuation token is the last key of the page before. */
export function listing(objects: readonly S3Object[], parameters: URLSearchParams): string {
  const prefix = parameters.get('prefix') ?? '';
  const delimiter = parameters.get('delimiter') ?? '';
  const after = parameters.get('continuation-token') ?? parameters.get('start-after') ?? '';
  const most = Math.min(MOST_KEYS, Math.max(0, Number(parameters.get('max-keys') ?? MOST_KEYS) || 0));
  const items = groupsOf(objects, prefix, delimiter).filter(({ name }) => name > after);
  const page = items.slice(0, most);
  const isTruncated = items.length > page.length && page.length > 0;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${BUCKET}</Name><Prefix>${escaped(prefix)}</Prefix><MaxKeys>${most}</MaxKeys>`,
    delimiter && `<Delimiter>${escaped(delimiter)}</Delimiter>`,
    `<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>`,
    isTruncated ? `<NextContinuationToken>${escaped(page.at(-1)!.name)}</NextContinuationToken>` : '',
    ...page.map(({ name, bytes }) =>
      bytes === undefined
        ? `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${escaped(name)}</Key><Size>${bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    ),
    '</ListBucketResult>',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === lines.length - 1)
    .join('\n');
}

/** Keys below the prefix, those with the delimiter in the rest rolled up; `bytes` undefined for what is rolled up. */
function groupsOf(objects: readonly S3Object[], prefix: string, delimiter: string) {
  const groups = new Map<string, number | undefined>();
  for (const { key, bytes } of objects) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) groups.set(key, bytes);
    else groups.set(key.slice(0, end + delimiter.length), undefined);
  }
  return [...groups]
    .map(([name, bytes]) => ({ name, bytes }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function noSuchKey(key: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>${escaped(key)}</Key></Error>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
