import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/eval/report/page.ts';
import { chromium } from '../../support/chromium.ts';
import { sampleModel } from './sample-model.ts';

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

const browser = chromium();
if (!browser)
  process.stderr.write('report in Chromium: skipped, no chromium found (set SUNGAN_TEST_CHROMIUM)\n');

describe.skipIf(!browser)('in headless Chromium', () => {
  it('renders at the expected size with every picture decoded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sungan-report-'));
    try {
      const path = join(folder, 'report.html');
      writeFileSync(path, page);
      const result = browser!(
        ['--window-size=1100,3000', `--screenshot=${join(folder, 'page.png')}`, `file://${path}`],
        folder,
      );
      expect(result.status, result.stderr).toBe(0);
      expect(statSync(join(folder, 'page.png')).size).toBeGreaterThan(50_000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
