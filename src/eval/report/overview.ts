/** The first section: what each run is and what its scores say in a sentence; runs side by side when there are several. */
import { diagnose } from '../diagnosis.ts';
import { type EvalSummary, timesFloor } from '../scores.ts';
import { formatNumber } from './format.ts';
import { type Html, html } from './html.ts';
import type { RunReport } from './model.ts';
import { factTable } from './tables.ts';

export function overviewSection(runs: readonly RunReport[]): Html {
  if (runs.length > 1) return comparison(runs);
  const [run] = runs;
  const last = run.evaluations.at(-1);
  return html`${last && html`<h3>What the scores say</h3>${reading(last)}`}${factTable(run.facts, `Facts of ${run.name}`)}`;
}

/** Columns of the comparison: the scores that people ask for first. */
const COLUMNS: readonly { key: string; title: string }[] = [
  { key: 'fid', title: 'FID' },
  { key: 'kid', title: 'KID × 10³' },
  { key: 'swd.mean', title: 'SWD × 10³' },
  { key: 'ms-ssim', title: 'MS-SSIM' },
  { key: 'solar.spectrum', title: 'Spectrum, dex' },
  { key: 'solar.median', title: 'Disk median, σ' },
  { key: 'memorisation.pixel.near', title: 'Near training' },
];

function comparison(runs: readonly RunReport[]): Html {
  const scoresOf = (run: RunReport) =>
    new Map(
      (run.evaluations.at(-1)?.results ?? []).flatMap(({ scores }) =>
        scores.map((score) => [score.key, score]),
      ),
    );
  const tables = runs.map(scoresOf);
  const columns = COLUMNS.filter(({ key }) => tables.some((scores) => scores.has(key)));
  return html`<div class="scroll"><table>
    <caption>Each score over its real-against-real floor, or beside the reals' own value. What stands out is said in words.</caption>
    <thead><tr><th scope="col">Run</th>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
    ${runs.map((run, i) => {
      const last = run.evaluations.at(-1);
      return html`<tbody class="run"><tr><th scope="row"><strong>${run.name}</strong></th>
        ${columns.map(({ key }) => html`<td class="number">${scoreCell(tables[i].get(key))}</td>`)}</tr>
        <tr><td colspan="${columns.length + 1}">${last ? reading(last) : html`<span class="quiet">not judged</span>`}</td></tr></tbody>`;
    })}</table></div>`;
}

function scoreCell(score: EvalSummary['results'][number]['scores'][number] | undefined): Html {
  if (!score) return html``;
  const times = timesFloor(score);
  const beside =
    score.reference === undefined
      ? times !== undefined && `${formatNumber(times, 2)} × floor`
      : `reals ${formatNumber(score.reference, 3)}`;
  return html`${formatNumber(score.value, 3)}${beside && html`<br><span class="note">${beside}</span>`}`;
}

function reading(summary: EvalSummary): Html {
  const findings = diagnose(summary);
  if (findings.length === 0) return html`<p class="good">Nothing stands out from the floors.</p>`;
  return html`<ul class="findings">${findings.map(
    ({ fault, text }) => html`<li><strong class="bad">${fault}</strong>: ${text}</li>`,
  )}</ul>`;
}
