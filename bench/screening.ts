/**
 * Recall of the screening by class of fault: simulated frames of seven AIA channels and of HMI magnetograms, a third of them
 * spoiled, most without a word in their headers, go through `curate`; a markdown table says what was rejected and which
 * good frames were. Frames are kept in build/bench between runs: drawing them takes longer than judging them.
 *
 *   node scripts/build.mjs && node scripts/bench.mjs screening [FRAMES] [SIZE] [SEED]
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FrameFacts, openCatalog, type Verdict } from '../src/catalog/index.ts';
import { quietEffects } from '../src/core/effects.ts';
import { sha256OfBytes } from '../src/core/files.ts';
import { formatTime, parseTime } from '../src/core/time.ts';
import { openWorkspace } from '../src/core/workspace.ts';
import { curate, curateOptions } from '../src/curate/index.ts';
// Compiled with the rest, for the worker threads that look for it beside the index.
import '../src/curate/worker.ts';
import { card, firstImage, readFits, readRaw, writeImage } from '../src/fits/index.ts';
import { createRandom } from '../src/numeric/index.ts';
import {
  contentsOf,
  FAULT_NAMES,
  type FaultName,
  type FrameRequest,
  makeFrame,
  type PlannedFrame,
  pathOf,
  plannedFrames,
  simulateOptions,
} from '../src/simulate/index.ts';

const CHANNELS = [94, 131, 171, 193, 211, 304, 335, 0] as const;
const FAULT_SHARE = 1 / 3;
const UNNOTICED = 0.8;
const STEP = '6h';
const STEP_MS = 6 * 3_600_000;
/** Faults that a magnetogram cannot have: other filter, exposure and particles. A roll leaves no trace that lasts in it. */
const OF_PICTURES = new Set(['lunar-transit', 'short-exposure', 'particle-storm', 'wrong-wavelength']);

/** Faults beyond the simulator's own list; none of them is told by the header. */
type ExtraName = 'roll' | 'stripes' | 'lost-rows' | 'copy';
const EXTRA: readonly ExtraName[] = ['roll', 'stripes', 'lost-rows', 'copy'];

/** Cards that the writer makes itself. */
const STRUCTURE =
  /^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(TYPE|FORM|TYPE|ZERO|SCAL)\d+|Z.*|BSCALE|BZERO|BLANK|EXTEND|EXTNAME|CHECKSUM|DATASUM|COMMENT|HISTORY|END|)$/;

/** Scores that tell most about a frame that was judged wrongly. */
const SHOWN = ['sharpness', 'disk-level', 'header-level', 'stripes', 'roll', 'copy'];

interface Labelled extends PlannedFrame {
  fault: FaultName | ExtraName | null;
  noticed: boolean;
}

const total = Number(process.argv[2] ?? 3000);
const size = Number(process.argv[3] ?? 256);
const seed = Number(process.argv[4] ?? 7);
const folder = join('build', 'bench', `screening-${total}-${size}-${seed}`);
const frames = planFrames();
drawFrames();
const verdicts = await judgeFrames();
printTable();

/** Every class equally often in every channel. */
function planFrames(): Labelled[] {
  const perChannel = Math.ceil(total / CHANNELS.length);
  const end = new Date(Date.UTC(2014, 0, 1) + perChannel * STEP_MS).toISOString();
  return CHANNELS.flatMap((wavelength) => {
    const given = simulateOptions.parse({
      product: wavelength === 0 ? 'hmi' : 'aia',
      wavelength: wavelength === 0 ? [193] : [wavelength],
      from: '2014-01-01',
      to: end,
      cadence: STEP,
      size,
      seed,
    });
    const names: (FaultName | ExtraName)[] =
      wavelength === 0
        ? [...FAULT_NAMES.filter((name) => !OF_PICTURES.has(name)), 'copy']
        : [...FAULT_NAMES, ...EXTRA];
    let before: Labelled['fault'] = 'copy';
    return plannedFrames(contentsOf(given)).map((frame): Labelled => {
      const random = createRandom(`${seed}/class/${wavelength}/${frame.id.slot.getTime()}`);
      const isBad = random.uniform() < FAULT_SHARE;
      const drawn = isBad ? names[random.int(names.length)]! : null;
      // A copy is one only where the frame before is good, and so another frame of the set.
      const fault = drawn === 'copy' && before !== null ? null : drawn;
      before = fault;
      const isExtra = (EXTRA as readonly (string | null)[]).includes(fault);
      return { ...frame, fault, noticed: fault !== null && !isExtra && random.uniform() >= UNNOTICED };
    });
  });
}

function drawFrames(): void {
  let drawn = 0;
  for (const [i, frame] of frames.entries()) {
    const path = join(folder, pathOf(frame.id));
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, drawFrame(frame, frames[i - 1]));
    renameSync(`${path}.part`, path);
    if (++drawn % 100 === 0) process.stderr.write(`drawn ${drawn}, ${i + 1} of ${frames.length}\n`);
  }
}

function drawFrame(frame: Labelled, before: Labelled | undefined): Uint8Array {
  const { id, fault, noticed } = frame;
  const request: FrameRequest = { id, seed, size, stepMs: STEP_MS };
  switch (fault) {
    case null:
      return makeFrame(request);
    case 'roll':
      return makeFrame({ ...request, fault: rolled(id) });
    case 'stripes':
    case 'lost-rows':
      return makeFrame({ ...request, fault: spoiledRows(fault, id) });
    case 'copy':
      return withPixelsOf(makeFrame(request), makeFrame({ ...request, id: before!.id }));
    default:
      return makeFrame({ ...request, fault: faultOf(frame, fault, noticed) });
  }
}

type Planned = NonNullable<FrameRequest['fault']>;
type Fault = Planned['fault'];

/** The simulator's own fault of that name. */
function faultOf({ id }: PlannedFrame, name: FaultName, noticed: boolean): Planned {
  const given = simulateOptions.parse({ product: id.product === 'hmi' ? 'hmi' : 'aia', wavelength: [193] });
  const contents = { ...contentsOf(given), wavelengths: [id.wavelength], faults: { [name]: 1 } };
  const [first] = plannedFrames({ ...contents, unnoticed: noticed ? 0 : 1 });
  return first!.planned as Planned;
}

function unnoticed(hooks: Pick<Fault, 'prepare' | 'counts'>): Planned {
  const evidence = { noticed: 'pixels', unnoticed: 'pixels' } as const;
  return { fault: { name: 'off-point', weight: 1, evidence, ...hooks }, noticed: false };
}

/** Turned by 10 to 170 degrees about its centre while the header says that north is up. */
function rolled({ slot, wavelength }: FrameRequest['id']): Planned {
  const random = createRandom(`${seed}/roll/${wavelength}/${slot.getTime()}`);
  const degrees = (random.uniform() < 0.5 ? -1 : 1) * (10 + 160 * random.uniform());
  return unnoticed({
    prepare(observation) {
      const { geometry } = observation;
      observation.geometry = { ...geometry, rotationDegrees: geometry.rotationDegrees + degrees };
    },
  });
}

/** Stripes: every row off by its own amount, as from a bad amplifier. Lost rows: bands of one value, not marked as missing. */
function spoiledRows(fault: 'stripes' | 'lost-rows', { slot, wavelength }: FrameRequest['id']): Planned {
  const random = createRandom(`${seed}/${fault}/${wavelength}/${slot.getTime()}`);
  return unnoticed({
    counts(image, { geometry: { width, height } }) {
      const middle = image.slice((height / 2) * width, (height / 2 + 1) * width).sort()[width / 2]!;
      const strength = (0.3 + 0.4 * random.uniform()) * Math.max(1, middle);
      for (let y = 0; y < height; y++) {
        const offset = strength * random.normal();
        if (fault === 'stripes') for (let i = y * width; i < (y + 1) * width; i++) image[i]! += offset;
      }
      if (fault === 'stripes') return;
      const rows = Math.max(2, Math.round(height * (0.02 + 0.2 * random.uniform())));
      const top = Math.floor(height * (0.2 + 0.3 * random.uniform()));
      image.fill(random.uniform() < 0.5 ? 0 : middle, top * width, (top + rows) * width);
    },
  });
}

function withPixelsOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const { data } = readRaw(firstImage(readFits(other)));
  return rewritten(bytes, (own) => own.set(data as Int32Array));
}

function rewritten(bytes: Uint8Array, change: (data: Int32Array) => void): Uint8Array {
  const hdu = firstImage(readFits(bytes));
  const { width, height, data } = readRaw(hdu);
  const pixels = data as Int32Array;
  change(pixels);
  const cards = Object.entries(hdu.header.toRecord())
    .filter(([keyword]) => !STRUCTURE.test(keyword))
    .map(([keyword, value]) => card(keyword, value));
  const blank = -2_147_483_648;
  return writeImage({
    width,
    height,
    data: pixels,
    cards,
    bscale: hdu.bscale,
    bzero: hdu.bzero,
    blank,
    compression: 'RICE_1',
  });
}

/** Enters the frames as stored under their slots, curates every channel, and gives the verdicts by path. */
async function judgeFrames(): Promise<Map<string, Verdict | undefined>> {
  for (const name of ['catalog.sqlite', 'catalog.sqlite-wal', 'catalog.sqlite-shm', 'datasets'])
    rmSync(join(folder, name), { recursive: true, force: true });
  const catalog = openCatalog(join(folder, 'catalog.sqlite'));
  const paths = new Map<number, string>();
  for (const { id } of frames) {
    const path = pathOf(id);
    const key = {
      source: 'files',
      product: id.product === 'hmi' ? 'hmi.M_720s' : 'aia.lev1.5s',
      wavelength: id.wavelength,
      slot: id.slot.toISOString().replace('.000Z', 'Z'),
    };
    catalog.expectSlots([key]);
    const facts = factsOf(path);
    if (!facts) continue;
    const frameId = catalog.frameOfSlot(key)!.id;
    catalog.recordStored(frameId, facts);
    paths.set(frameId, path);
  }
  catalog.close();
  const found = new Map<string, Verdict | undefined>();
  for (const wavelength of CHANNELS) {
    const channel = wavelength === 0 ? { wavelength: [], with: ['hmi-m'] } : { wavelength };
    const options = curateOptions.parse({ ...channel, name: `set-${wavelength}` });
    await curate(options, { workspace: openWorkspace(folder), effects: quietEffects() });
    const again = openCatalog(join(folder, 'catalog.sqlite'));
    for (const verdict of again.verdicts(`set-${wavelength}`))
      found.set(paths.get(verdict.frameId)!, verdict);
    again.close();
  }
  return found;
}

/** Undefined for what `ingest` would not store: a file without a readable header. */
function factsOf(path: string): FrameFacts | undefined {
  try {
    const bytes = readFileSync(join(folder, path));
    const hdu = firstImage(readFits(bytes));
    const header = hdu.header.toRecord();
    const observed = parseTime(String(header['T_OBS']));
    return {
      path,
      url: null,
      etag: null,
      bytes: bytes.length,
      sha256: sha256OfBytes(bytes),
      tObs: observed ? formatTime(observed) : null,
      exposureSeconds: Number(header['EXPTIME']),
      quality: Number(header['QUALITY']) >>> 0,
      fsn: Number(header['FSN']) || null,
      width: hdu.width,
      height: hdu.height,
      header,
    };
  } catch {
    return undefined;
  }
}

function printTable(): void {
  const classes = [...new Set(frames.map(({ fault }) => fault))].filter((fault) => fault !== null);
  console.log(
    `${frames.length} simulated frames of ${size} x ${size}, seed ${seed}: recall by class of fault\n`,
  );
  console.log('| fault | planted | told by the header | rejected | recall | rejected by |');
  console.log('| --- | ---: | ---: | ---: | ---: | --- |');
  for (const fault of [...FAULT_NAMES, ...EXTRA].filter((name) => classes.includes(name))) {
    const planted = frames.filter((frame) => frame.fault === fault);
    const rejected = planted.filter((frame) => !isAccepted(frame));
    const told = planted.filter((frame) => frame.noticed).length;
    const recall = ((100 * rejected.length) / planted.length).toFixed(1);
    console.log(
      `| ${fault} | ${planted.length} | ${told} | ${rejected.length} | ${recall} % | ${reasonsOf(rejected)} |`,
    );
  }
  const good = frames.filter(({ fault }) => fault === null);
  const lost = good.filter((frame) => !isAccepted(frame));
  const share = ((100 * lost.length) / good.length).toFixed(2);
  console.log(
    `| good frames | ${good.length} | | ${lost.length} | ${share} % false rejects | ${reasonsOf(lost)} |`,
  );
  const missed = frames.filter((frame) => frame.fault !== null && isAccepted(frame));
  for (const frame of [...missed, ...lost]) {
    const scores = verdicts.get(pathOf(frame.id))?.scores ?? [];
    const values = scores.flatMap(({ rule, score, passed }) =>
      SHOWN.includes(rule) || !passed ? [`${passed ? '' : '! '}${rule} ${score?.toPrecision(3)}`] : [],
    );
    process.stderr.write(`${frame.fault ?? 'good'} ${pathOf(frame.id)}: ${values.join(', ')}\n`);
  }
}

/** What has no verdict was refused before: its file cannot be read. */
function isAccepted({ id }: Labelled): boolean {
  return verdicts.get(pathOf(id))?.accepted ?? false;
}

function reasonsOf(rejected: readonly Labelled[]): string {
  const counts = new Map<string, number>();
  for (const { id } of rejected) {
    const scores = verdicts.get(pathOf(id))?.scores;
    const rules = scores?.filter(({ passed }) => !passed).map(({ rule }) => rule) ?? ['unreadable file'];
    for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 4);
  return sorted.map(([rule, count]) => `${rule} ${count}`).join(', ');
}
