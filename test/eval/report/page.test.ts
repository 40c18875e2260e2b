import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgementOf } from '../../../src/eval/report/judgement.ts';
import { renderReport } from '../../../src/eval/report/page.ts';
import type { EvalSummary } from '../../../src/eval/scores.ts';
import { chromium } from '../../support/chromium.ts';
import { fidResult, sampleModel, sampleSummary } from './sample-model.ts';

let page: string;
let document: Element;

beforeAll(async () => {
  page = renderReport(await sampleModel());
  document = (new JSDOM(page).window.document as unknown as { documentElement: Element }).documentElement;
});

/** The few members of the DOM that these checks need. */
interface Element {
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
  textContent: string;
}

const all = (selector: string) => [...document.querySelectorAll(selector)];

describe('the page', () => {
  it('loads nothing: no script, no outside address, every picture inside', () => {
    expect(all('script, iframe, object, embed, link, video, audio')).toEqual([]);
    for (const image of all('img'))
      expect(image.getAttribute('src')).toMatch(/^data:image\/(png|jpeg|webp);base64,/);
    for (const anchor of all('a')) expect(anchor.getAttribute('href')).toMatch(/^#/);
    expect(page).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//);
    expect(page).not.toMatch(/url\(\s*["']?http|@import/);
  });

  it('escapes what is put in', () => {
    expect(all('title')[0].textContent).toBe('Report on 0001-demo <simulated>');
    expect(page).not.toContain('<simulated>');
  });

  it('can be read without seeing: alternative texts, labelled charts, tables with headings', () => {
    for (const image of all('img')) expect(image.getAttribute('alt')?.length).toBeGreaterThan(5);
    for (const chart of all('figure > svg')) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.getAttribute('aria-label')?.length).toBeGreaterThan(3);
    }
    for (const table of all('table')) {
      expect([...table.querySelectorAll('caption')]).toHaveLength(1);
      expect([...table.querySelectorAll('thead th[scope="col"]')].length).toBeGreaterThan(1);
    }
    expect(all('html')[0]?.getAttribute('lang') ?? document.getAttribute('lang')).toBe('en');
  });

  it('says that data are simulated and pictures generated, and names floor beside score', () => {
    const text = document.textContent;
    expect(text).toContain('Simulated data.');
    expect(text).toContain('Generated pictures.');
    expect(text).toContain('train / test');
    expect(text).toMatch(/18\.40\s+7\.100/);
  });

  it('shows the first, a middle and the last samples, and the curves', () => {
    const strip = all('.strip figure').map(({ textContent }) => textContent.trim().split(' ')[0]);
    expect(strip).toEqual(['0', '24', '40']);
    expect(all('.charts figure').length).toBe(4);
  });
});

/** Text of a page of runs with such scores, white space made single. */
async function textOf(...summaries: EvalSummary[][]): Promise<string> {
  const model = await sampleModel();
  const runs = summaries.map((evaluations, i) => ({
    ...model.runs[0],
    name: `run-${i + 1}`,
    judgement: judgementOf(evaluations),
  }));
  const { window } = new JSDOM(renderReport({ ...model, runs }));
  return (window.document as unknown as { body: Element }).body.textContent.replace(/\s+/g, ' ');
}

describe('what the scores say', () => {
  it('says what was not checked instead of a clean bill', async () => {
    const text = await textOf([sampleSummary()]);
    expect(text).toContain('Not checked:');
    expect(text).toContain('repeats training frames (needs memorisation)');
    expect(text).not.toContain('Nothing stands out from the floors.');
  });

  it('takes the newest of every metric', async () => {
    const newer = { ...sampleSummary(), results: [fidResult('clean', 33.25)] };
    const text = await textOf([sampleSummary(), newer]);
    expect(text).toContain('FID (clean) 33.25');
    expect(text).toContain('SWD mean of levels');
    expect(text).not.toContain('41.50');
  });

  it('names FID with its resizer everywhere', async () => {
    const text = await textOf([sampleSummary()]);
    expect(text.replaceAll(/(patch-)?FID \(clean\)|FID – clean resizer|FID from 64/g, '')).not.toMatch(
      /\bFID\b(?! or)/,
    );
  });

  it('shows what is not a number as bad, in words', async () => {
    const broken = structuredClone(sampleSummary());
    Object.assign(broken.results[0].scores[2], { value: null });
    const text = await textOf([broken]);
    expect(text).toContain('no number: SWD mean of levels');
    expect(text).toContain('bad: not a number');
    expect(text).not.toMatch(/[^.\d]0 ×|NaN|null/);
  });
});

describe('a comparison', () => {
  const of = (resizer: string, value: number): EvalSummary => ({
    ...sampleSummary(),
    results: [fidResult(resizer, value)],
  });

  it('gives count, reals and variant, and nothing to warn of where all are alike', async () => {
    const text = await textOf([of('clean', 40)], [of('clean', 50)]);
    expect(text).toContain('FIDclean resizer');
    expect(text).toContain('64 pictures a side, judged against demo, test split (ab12) at 32 pixels');
    expect(text).not.toContain('columns of its own');
    expect(text).not.toContain('not judged');
  });

  it('keeps variants apart, and warns of other counts and other reals', async () => {
    const other = of('stylegan', 50);
    Object.assign(other.real, { hash: 'cd34', label: 'other, test split', count: 128 });
    Object.assign(other.fake, { count: 128 });
    Object.assign(other.results[0].count, { fake: 128, real: 128 });
    const text = await textOf([of('clean', 40)], [other]);
    expect(text).toMatch(/FIDclean resizer, inception\.pth ?FIDstylegan resizer, inception\.pth/);
    expect(text).toContain('FID was computed in 2 ways');
    expect(text).toContain('not judged against the same reals');
    expect(text).toContain('run-1: 64 pictures a side; run-2: 128 pictures a side');
  });
});

/** The page without its policy, and with a script that writes the number of pictures without pixels into the document. */
function withCounter(page: string): string {
  const script = `<script>addEventListener('load', () => {
    const images = [...document.images];
    document.body.dataset.pictures = images.length;
    document.body.dataset.broken = images.filter(({ naturalWidth }) => naturalWidth === 0).length;
  });</script>`;
  return page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, script);
}

const browser = chromium();
if (!browser)
  process.stderr.write('report in Chromium: skipped, no chromium found (set SUNGAN_TEST_CHROMIUM)\n');

describe.skipIf(!browser)('in headless Chromium', () => {
  it('renders with every picture decoded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sungan-report-'));
    try {
      const path = join(folder, 'report.html');
      writeFileSync(path, page);
      const picture = join(folder, 'page.png');
      const shot = browser!(['--window-size=1100,3000', `--screenshot=${picture}`, `file://${path}`], folder);
      expect(shot.status, shot.stderr).toBe(0);
      expect(statSync(picture).size).toBeGreaterThan(50_000);

      // The page may run nothing, so a copy of it counts for itself.
      const counting = join(folder, 'counting.html');
      writeFileSync(counting, withCounter(page));
      const dump = browser!(['--dump-dom', `file://${counting}`], folder);
      expect(dump.status, dump.stderr).toBe(0);
      const [, pictures, broken] = /data-pictures="(\d+)" data-broken="(\d+)"/.exec(dump.stdout) ?? [];
      expect(Number(pictures)).toBe(all('img').length);
      expect(broken).toBe('0');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the count of undecoded pictures finds a broken one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sungan-report-'));
    try {
      const path = join(folder, 'broken.html');
      const broken = page.replace(/data:image\/png;base64,[^"]{40}/, 'data:image/png;base64,AAAA');
      writeFileSync(path, withCounter(broken));
      const { stdout } = browser!(['--dump-dom', `file://${path}`], folder);
      expect(stdout).toContain('data-broken="1"');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
