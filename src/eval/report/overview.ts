/** The first section: what each run is and what its scores say in a sentence; runs side by side when there are several. */
import { diagnose, uncheckedFaults } from '../diagnosis.ts';
import type { MetricResult, Score } from '../scores.ts';
import { flawOf, resizerOf } from '../standing.ts';
import { countsOf, differencesOf, realsOf } from './alike.ts';
import { formatKimg, formatNumber } from './format.ts';
import { type Html, html } from './html.ts';
import type { Judgement } from './judgement.ts';
import type { JudgedRun, RunReport } from './model.ts';
import { factTable } from './tables.ts';
import { besideWords } from './words.ts';

export function overviewSection(runs: readonly RunReport[]): Html {
  if (runs.length > 1) return comparison(runs);
  const [{ judgement, facts, name }] = runs;
  return html`${judgement && html`<h3>What the scores say</h3>${reading(judgement)}`}${factTable(facts, `Facts of ${name}`)}`;
}

/** Scores that people ask for first. */
const COLUMNS: readonly { key: string; title: string }[] = [
  { key: 'fid', title: 'FID' },
  { key: 'kid', title: 'KID × 10³' },
  { key: 'swd.mean', title: 'SWD × 10³' },
  { key: 'ms-ssim', title: 'MS-SSIM' },
  { key: 'solar.spectrum', title: 'Spectrum, dex' },
  { key: 'solar.median', title: 'Disk median, σ' },
  { key: 'memorisation.pixel.near', title: 'Near training' },
];

interface Column {
  key: string;
  title: string;
  variant: string;
  /** Under the title: the resizer of features; the whole variant where a score has several. */
  note: string;
}

function comparison(runs: readonly RunReport[]): Html {
  const judged = judgedRuns(runs);
  const columns = columnsOf(judged);
  const differences = differencesOf(judged);
  return html`
    ${differences.length > 0 && html`<ul class="warnings" aria-label="What the runs are not judged alike in">${differences.map(({ what, detail }) => html`<li><strong class="bad">${what}.</strong> ${detail}.</li>`)}</ul>`}
    <div class="scroll"><table>
    <caption>Each score over its real-against-real floor, or beside the reals' own value. What stands out is said in words.</caption>
    <thead><tr><th scope="col">Run</th>${columns.map(
      ({ title, note }) =>
        html`<th scope="col" class="number">${title}${note && html`<br><span class="note">${note}</span>`}</th>`,
    )}</tr></thead>
    ${runs.map(({ name, judgement }) => runRows(name, judgement, columns))}</table></div>
    ${columns.length > 0 && variantTable(columns)}`;
}

export function judgedRuns(runs: readonly RunReport[]): JudgedRun[] {
  return runs.flatMap(({ name, judgement }) => (judgement ? [{ name, judgement }] : []));
}

/** A column a score and variant: numbers that were made in another way never stand under each other. */
function columnsOf(judged: readonly JudgedRun[]): Column[] {
  const results = judged.flatMap(({ judgement }) => judgement.summary.results);
  return COLUMNS.flatMap(({ key, title }) => {
    const own = results.filter(({ scores }) => scores.some((score) => score.key === key));
    const variants = [...new Set(own.map(({ variant }) => variant))];
    return variants.map((variant) => {
      const resizer = resizerOf(variant);
      const short = resizer === undefined ? '' : `${resizer} resizer`;
      return { key, title, variant, note: variants.length > 1 ? variant : short };
    });
  });
}

function runRows(name: string, judgement: Judgement | undefined, columns: readonly Column[]): Html {
  const span = columns.length + 1;
  if (!judgement)
    return html`<tbody class="run"><tr><th scope="row" colspan="${span}"><strong>${name}</strong> <span class="quiet">not judged</span></th></tr></tbody>`;
  const { kimg, results } = judgement.summary;
  const against = `${countsOf({ name, judgement })}, judged against ${realsOf({ name, judgement })}${kimg === null ? '' : `, after ${formatKimg(kimg)} thousand pictures`}`;
  return html`<tbody class="run"><tr><th scope="row"><strong>${name}</strong></th>
    ${columns.map((column) => html`<td class="number">${scoreCell(findScore(results, column))}</td>`)}</tr>
    <tr><td colspan="${span}">${reading(judgement)}<p class="note">${against}.</p></td></tr></tbody>`;
}

function findScore(results: readonly MetricResult[], { key, variant }: Column): Score | undefined {
  const own = results.filter((result) => result.variant === variant);
  return own.flatMap(({ scores }) => scores).find((score) => score.key === key);
}

function scoreCell(score: Score | undefined): Html {
  if (!score) return html``;
  const beside = besideWords(score);
  const className = flawOf(score) === undefined ? 'note' : 'bad';
  return html`${formatNumber(score.value, 3)}${beside && html`<br><span class="${className}">${beside}</span>`}`;
}

function variantTable(columns: readonly Column[]): Html {
  return html`<div class="scroll"><table><caption>How the scores above are made.</caption>
    <thead><tr><th scope="col">Score</th><th scope="col">Variant</th></tr></thead>
    <tbody>${columns.map(({ title, variant }) => html`<tr><th scope="row">${title}</th><td>${variant}</td></tr>`)}</tbody></table></div>`;
}

/** Findings, and what the scores cannot say: nothing found is good news only of what was looked at. */
function reading({ summary, leftOut }: Judgement): Html {
  const findings = diagnose(summary);
  const unchecked = uncheckedFaults(summary);
  const clean =
    unchecked.length === 0
      ? html`<p class="good">Nothing stands out from the floors.</p>`
      : html`<p>Nothing stands out in what was checked.</p>`;
  return html`${
    findings.length === 0
      ? clean
      : html`<ul class="findings">${findings.map(
          ({ fault, text }) => html`<li><strong class="bad">${fault}</strong>: ${text}</li>`,
        )}</ul>`
  }${unchecked.length > 0 && html`<p class="quiet"><strong>Not checked:</strong> ${unchecked.join('; ')}.</p>`}
  ${leftOut.length > 0 && html`<p class="quiet"><strong>Older scores that do not count here:</strong> ${leftOut.join('; ')}.</p>`}`;
}
