/**
 * A Parquet file of one row group: plain encoding, no compression, every column required (parquet-format 2.x, metadata in
 * Thrift's compact protocol). Small and readable by everything; no general writer.
 */

export type ParquetColumn =
  | { name: string; type: 'string'; values: readonly string[] }
  | { name: string; type: 'int64'; values: readonly number[] }
  | { name: string; type: 'double'; values: readonly number[] }
  | { name: string; type: 'boolean'; values: readonly boolean[] };

/** Numbers of parquet.thrift. */
const TYPE = { boolean: 0, int64: 2, double: 5, string: 6 } as const;
const REQUIRED = 0;
const UTF8 = 0;
const PLAIN = 0;
const RLE = 3;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;
const MAGIC = new TextEncoder().encode('PAR1');

export function encodeParquet(columns: readonly ParquetColumn[], createdBy: string): Uint8Array {
  const rows = columns[0]?.values.length ?? 0;
  const parts: Uint8Array[] = [MAGIC];
  let offset = MAGIC.length;
  const chunks = columns.map((column) => {
    const values = encodeValues(column);
    const header = pageHeader(values.length, rows);
    parts.push(header, values);
    const chunk = { column, offset, bytes: header.length + values.length };
    offset += chunk.bytes;
    return chunk;
  });
  const footer = fileMetadata(chunks, rows, createdBy);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footer.length, true);
  return new Uint8Array(Buffer.concat([...parts, footer, length, MAGIC]));
}

function encodeValues(column: ParquetColumn): Uint8Array {
  switch (column.type) {
    case 'string': {
      const texts = column.values.map((value) => Buffer.from(value, 'utf8'));
      return Buffer.concat(texts.flatMap((text) => [uint32(text.length), text]));
    }
    case 'int64':
      return new Uint8Array(BigInt64Array.from(column.values, BigInt).buffer);
    case 'double':
      return new Uint8Array(Float64Array.from(column.values).buffer);
    case 'boolean': {
      const bits = new Uint8Array(Math.ceil(column.values.length / 8));
      column.values.forEach((value, i) => {
        if (value) bits[i >> 3]! |= 1 << (i & 7);
      });
      return bits;
    }
  }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

interface Chunk {
  column: ParquetColumn;
  offset: number;
  bytes: number;
}

function pageHeader(bytes: number, rows: number): Uint8Array {
  const page = new ThriftStruct().i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
  return new ThriftStruct().i32(1, DATA_PAGE).i32(2, bytes).i32(3, bytes).struct(5, page).encode();
}

function fileMetadata(chunks: readonly Chunk[], rows: number, createdBy: string): Uint8Array {
  const root = new ThriftStruct().text(4, 'schema').i32(5, chunks.length);
  const leaves = chunks.map(({ column }) => {
    const leaf = new ThriftStruct().i32(1, TYPE[column.type]).i32(3, REQUIRED).text(4, column.name);
    return column.type === 'string' ? leaf.i32(6, UTF8) : leaf;
  });
  const total = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  const group = new ThriftStruct()
    .structs(
      1,
      chunks.map((chunk) => columnChunk(chunk, rows)),
    )
    .i64(2, total)
    .i64(3, rows);
  return new ThriftStruct()
    .i32(1, 1)
    .structs(2, [root, ...leaves])
    .i64(3, rows)
    .structs(4, [group])
    .text(6, createdBy)
    .encode();
}

function columnChunk({ column, offset, bytes }: Chunk, rows: number): ThriftStruct {
  const metadata = new ThriftStruct()
    .i32(1, TYPE[column.type])
    .i32s(2, [PLAIN])
    .texts(3, [column.name])
    .i32(4, UNCOMPRESSED)
    .i64(5, rows)
    .i64(6, bytes)
    .i64(7, bytes)
    .i64(9, offset);
  return new ThriftStruct().i64(2, offset).struct(3, metadata);
}

/** A struct of Thrift's compact protocol; fields are given in rising order. */
class ThriftStruct {
  private readonly bytes: number[] = [];
  private last = 0;

  i32(id: number, value: number): this {
    return this.header(id, 5).varint(zigzag(value));
  }

  i64(id: number, value: number): this {
    return this.header(id, 6).varint(zigzag(value));
  }

  text(id: number, value: string): this {
    return this.header(id, 8).binary(value);
  }

  struct(id: number, value: ThriftStruct): this {
    this.header(id, 12).bytes.push(...value.encode());
    return this;
  }

  structs(id: number, values: readonly ThriftStruct[]): this {
    this.list(id, 12, values.length);
    for (const value of values) for (const byte of value.encode()) this.bytes.push(byte);
    return this;
  }

  i32s(id: number, values: readonly number[]): this {
    this.list(id, 5, values.length);
    for (const value of values) this.varint(zigzag(value));
    return this;
  }

  texts(id: number, values: readonly string[]): this {
    this.list(id, 8, values.length);
    for (const value of values) this.binary(value);
    return this;
  }

  encode(): Uint8Array {
    return Uint8Array.from([...this.bytes, 0]);
  }

  private header(id: number, type: number): this {
    this.bytes.push(((id - this.last) << 4) | type);
    this.last = id;
    return this;
  }

  private list(id: number, type: number, count: number): void {
    this.header(id, 9);
    if (count < 15) {
      this.bytes.push((count << 4) | type);
    } else {
      this.bytes.push(0xf0 | type);
      this.varint(count);
    }
  }

  private binary(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.varint(bytes.length);
    this.bytes.push(...bytes);
    return this;
  }

  private varint(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes.push((rest % 128) | 0x80);
    this.bytes.push(rest);
    return this;
  }
}

/** Signed to unsigned, small magnitudes first; by arithmetic, because offsets pass 2^31. */
const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
