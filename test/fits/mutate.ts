/** Seeded damage to FITS files, of the kinds that disks, networks and writers do, and some that only malice does. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { card, writeImage } from '../../src/fits/index.ts';
import type { Random } from '../../src/numeric/random.ts';

export interface Seed {
  name: string;
  bytes: Uint8Array;
}

/** The committed fixtures, as they are and unpacked, and files of the writer. */
export function seeds(): Seed[] {
  const folder = new URL('./fixtures/', import.meta.url);
  const fixtures = readdirSync(folder)
    .filter((name) => name.endsWith('.gz'))
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));
  const unpacked = fixtures.map(({ name, bytes }) => ({
    name: name.slice(0, -3),
    bytes: new Uint8Array(gunzipSync(bytes)),
  }));
  const data = Int16Array.from({ length: 64 * 48 }, (_, i) => 300 * Math.sin(i / 50) + (i % 7));
  const cards = [
    card('T_OBS', '2017-01-03T23:00:05.84Z'),
    card('EXPTIME', 1.999657),
    card('HISTORY', undefined, 'x'),
  ];
  const written = (['none', 'RICE_1'] as const).flatMap((compression) => [
    {
      name: `written-i16-${compression}`,
      bytes: writeImage({ width: 64, height: 48, data, cards, compression, blank: -32768 }),
    },
    {
      name: `written-i32-${compression}`,
      bytes: writeImage({ width: 64, height: 48, data: Int32Array.from(data), compression }),
    },
  ]);
  return [...unpacked, ...unpacked, ...written, ...written, ...fixtures];
}

/** One to four kinds of damage. */
export function mutate(seed: Seed, others: readonly Seed[], random: Random): Uint8Array {
  let bytes: Uint8Array = seed.bytes.slice();
  const rounds = 1 + random.int(4);
  for (let i = 0; i < rounds; i++) bytes = DAMAGE[random.int(DAMAGE.length)]!(bytes, random, others);
  return bytes;
}

type Damage = (bytes: Uint8Array, random: Random, others: readonly Seed[]) => Uint8Array;

const DAMAGE: readonly Damage[] = [
  flipBits,
  flipBits,
  setBytes,
  truncate,
  extend,
  removeRange,
  repeatRange,
  splice,
  changeCard,
  changeCard,
  changeCard,
  moveCard,
  repeatCard,
  continueCard,
  changeDescriptor,
  changeDescriptor,
];

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const count = 1 + random.int(8);
  for (let i = 0; i < count && bytes.length > 0; i++) bytes[random.int(bytes.length)]! ^= 1 << random.int(8);
  return bytes;
}

function setBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const start = random.int(bytes.length + 1);
  const value = [0, 0xff, 0x20, 0x80, 0x7f][random.int(5)]!;
  return bytes.fill(value, start, start + 1 + random.int(64));
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.int(bytes.length + 1));
}

function extend(bytes: Uint8Array, random: Random): Uint8Array {
  const longer = new Uint8Array(bytes.length + random.int(6000));
  longer.fill(random.int(2) === 0 ? 0x20 : random.int(256), bytes.length);
  longer.set(bytes);
  return longer;
}

function removeRange(bytes: Uint8Array, random: Random): Uint8Array {
  const unit = [1, 80, 2880][random.int(3)]!;
  const start = random.int(Math.floor(bytes.length / unit) + 1) * unit;
  const end = start + (1 + random.int(3)) * unit;
  return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(end)]);
}

function repeatRange(bytes: Uint8Array, random: Random): Uint8Array {
  const unit = [1, 80, 2880][random.int(3)]!;
  const start = random.int(Math.floor(bytes.length / unit) + 1) * unit;
  const end = start + (1 + random.int(3)) * unit;
  return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(start)]);
}

/** The head of one file and the tail of another. */
function splice(bytes: Uint8Array, random: Random, others: readonly Seed[]): Uint8Array {
  const other = others[random.int(others.length)]!.bytes;
  const unit = random.int(2) === 0 ? 1 : 2880;
  const cut = random.int(Math.floor(bytes.length / unit) + 1) * unit;
  const from = random.int(Math.floor(other.length / unit) + 1) * unit;
  return Uint8Array.from([...bytes.subarray(0, cut), ...other.subarray(from)]);
}

// biome-ignore format: one value a line would fill the page
const NASTY = [
  '0', '1', '-1', '2', '3', '8', '16', '-32', '-64', '64', '255', '999', '4096', '65535', '100000',
  '2147483647', '2147483648', '4294967295', '9007199254740993', '1E300', '-0.0', '1.5', 'NaN', 'nan', 'T',
  'F', '', "''", "'&'", "'1PB(0)'", "'0PB(1)'", "'1QB(9)'", "'0B'", "'9007199254740993D'", "'1PD(7)'",
  "'RICE_1'", "'GZIP_1'", "'GZIP_2'", "'PLIO_1'", "'HCOMPRESS_1'", "'NOCOMPRESS'", "'__proto__'",
  "'BLOCKSIZE'", "'BYTEPIX'", "'SMOOTH'", "'SUBTRACTIVE_DITHER_2'", "'COMPRESSED_DATA'",
  "'UNCOMPRESSED_DATA'", "'BINTABLE'", "'IMAGE'", "(1, 2)",
];

/** Starts of the cards that have a value. */
function cardStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at + 80 <= bytes.length; at += 80) {
    if (bytes[at + 8] === 0x3d && bytes[at + 9] === 0x20 && bytes[at]! >= 0x41 && bytes[at]! <= 0x5a)
      starts.push(at);
  }
  return starts;
}

function changeCard(bytes: Uint8Array, random: Random): Uint8Array {
  const starts = cardStarts(bytes);
  if (starts.length === 0) return bytes;
  const at = starts[random.int(starts.length)]!;
  const value = NASTY[random.int(NASTY.length)]!;
  bytes.set(Buffer.from(value.padStart(value.startsWith("'") ? 0 : 20).padEnd(70), 'latin1'), at + 10);
  return bytes;
}

function moveCard(bytes: Uint8Array, random: Random): Uint8Array {
  const starts = cardStarts(bytes);
  if (starts.length === 0) return bytes;
  const from = starts[random.int(starts.length)]!;
  const to = starts[random.int(starts.length)]!;
  const held = bytes.slice(to, to + 80);
  bytes.copyWithin(to, from, from + 80);
  if (random.int(2) === 0) bytes.set(held, from);
  return bytes;
}

/** Some, in whole blocks for half of them, so that what follows is found where it belongs; rarely very many. */
function cardCount(random: Random): number {
  const count = random.int(20) === 0 ? 10_008 : 1 + random.int(100);
  return random.int(2) === 0 ? count : Math.ceil(count / CARDS_A_BLOCK) * CARDS_A_BLOCK;
}

const CARDS_A_BLOCK = 36;

function insertCards(bytes: Uint8Array, at: number, card: Uint8Array, count: number): Uint8Array {
  const longer = new Uint8Array(bytes.length + count * card.length);
  longer.set(bytes.subarray(0, at));
  for (let i = 0; i < count; i++) longer.set(card, at + i * card.length);
  longer.set(bytes.subarray(at), at + count * card.length);
  return longer;
}

function repeatCard(bytes: Uint8Array, random: Random): Uint8Array {
  const starts = cardStarts(bytes);
  if (starts.length === 0) return bytes;
  const at = starts[random.int(starts.length)]!;
  return insertCards(bytes, at, bytes.slice(at, at + 80), cardCount(random));
}

/** A string that goes on over many cards; some of them do not say so. */
function continueCard(bytes: Uint8Array, random: Random): Uint8Array {
  const starts = cardStarts(bytes);
  if (starts.length === 0) return bytes;
  const at = starts[random.int(starts.length)]!;
  bytes.set(Buffer.from("'begun &'".padEnd(70)), at + 10);
  const end = random.int(4) === 0 ? '' : '&';
  const more = `CONTINUE  '${'it goes on '.repeat(random.int(6))}${end}' / and on`.padEnd(80);
  return insertCards(bytes, at + 80, Buffer.from(more), cardCount(random));
}

/** A word at the start of some block: descriptors, counts, heads of tiles. */
function changeDescriptor(bytes: Uint8Array, random: Random): Uint8Array {
  const blocks = Math.floor(bytes.length / 2880);
  if (blocks === 0) return bytes;
  const at = Math.min(random.int(blocks) * 2880 + 4 * random.int(60), bytes.length - 4);
  const values = [
    0,
    1,
    7,
    0xff,
    0x7fff,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    random.int(2 ** 31),
    bytes.length,
  ];
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, values[random.int(values.length)]!);
  return bytes;
}
