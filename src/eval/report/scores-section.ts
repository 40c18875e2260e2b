/** Scores beside their floors: a picture of all of them, then the table, then what must be known to read it. */
import type { Gallery } from '../gallery.ts';
import { countWords } from '../metric.ts';
import type { Curve, EvalSummary, MetricResult, Score } from '../scores.ts';
import { flawOf, nameOf, resizerOf, timesOf } from '../standing.ts';
import { floorChart, lineColours, metricChart, seriesColour } from './charts.ts';
import { formatCount, formatKimg, formatNumber } from './format.ts';
import { type Html, html } from './html.ts';
import type { JudgedRun } from './model.ts';
import { colourOf } from './words.ts';

export function scoresSection(runs: readonly JudgedRun[]): Html {
  if (runs.length === 0) {
    return html`<p class="quiet">No scores yet: <code>sungan eval</code> has not been run.</p>`;
  }
  const ratios = runs.flatMap(({ name, judgement }) =>
    judgement.summary.results.flatMap((result) =>
      result.scores.flatMap((score) => {
        const times = timesOf(score);
        return times === undefined ? [] : [{ name, label: nameOf(score, result), times }];
      }),
    ),
  );
  const names = runs.map(({ name }) => name);
  return html`
    <p>A number alone says little: every distance falls with the number of pictures and depends on the data. Beside each
    stands its <em>floor</em>, the same number between two sets of <em>real</em> pictures of the same size. A generator
    that cannot be told from the Sun scores its floor.</p>
    ${
      ratios.length > 0 &&
      html`<figure>
      <ul class="legend">${names.map((name, i) => html`<li><span class="dot" style="background:${seriesColour(i)}"></span>${name}</li>`)}
        <li><span class="tick" style="background:var(--floor)"></span>reals against reals (floor = 1)</li></ul>
      ${floorChart(ratios, names)}
      <figcaption>Every distance divided by its largest floor, on a logarithmic axis. At 1 the generated pictures are as near
      to the reals as the reals are to themselves; to the right they can be told apart.</figcaption>
    </figure>`
    }
    ${runs.length > 1 && html`<div class="charts">${overlaidCurves(runs).map(curveFigure)}</div>`}
    ${runs.map((run) => runScores(run, runs.length > 1))}`;
}

function runScores({ name, judgement: { summary } }: JudgedRun, named: boolean): Html {
  const pairs = [
    ...new Map(
      summary.results.flatMap(({ scores }) =>
        scores.flatMap(({ floors }) => floors.map(({ pair, label }) => [pair, label] as const)),
      ),
    ).keys(),
  ];
  const ranked = summary.results.some(({ scores }) => scores.some(({ rank }) => rank !== undefined));
  return html`
    ${named && html`<h3>${name}</h3>`}
    <div class="scroll"><table>
      <caption>${summary.fake.label} judged against ${summary.real.label}; ${countWords(summary, formatCount)},
        ${summary.real.resolution} × ${summary.real.resolution} pixels, seed ${summary.seed}${summary.kimg !== null && `, after ${formatKimg(summary.kimg)} thousand pictures`}.</caption>
      <thead><tr><th scope="col">Score</th><th scope="col" class="number">Generated</th><th scope="col" class="number">Reals</th>
        ${pairs.map((pair) => html`<th scope="col" class="number">Floor:<br>${PAIR_NAMES[pair] ?? pair}</th>`)}
        <th scope="col" class="number">Times<br>floor</th>${ranked && html`<th scope="col" class="number">Rank</th>`}</tr></thead>
      ${summary.results.map((result) => resultRows(result, summary, { pairs, ranked }))}
    </table></div>
    ${
      ranked &&
      html`<p class="quiet">Rank: the share of random regroupings of generated and real pictures that are as far apart as the two
      really are. Near 0 they differ, near 1 they cannot be told apart. Frames are taken as independent.</p>`
    }
    ${warningList([...summary.warnings, ...summary.results.flatMap(({ warnings }) => warnings)])}
    ${summary.results.map((result) => resultFigures(result, named))}`;
}

const PAIR_NAMES: Record<string, string> = { 'train-test': 'train / test', halves: 'halves' };

interface Layout {
  pairs: readonly string[];
  ranked: boolean;
}

function resultRows(result: MetricResult, summary: EvalSummary, layout: Layout): Html {
  return html`<tbody class="group">
    <tr><th scope="colgroup" colspan="${layout.pairs.length + (layout.ranked ? 5 : 4)}">${result.title} <span class="quiet" style="font-weight:400">– ${result.variant}${ownConditions(result, summary)}</span></th></tr>
    ${result.scores.map((score) => scoreRow(score, result, layout))}
  </tbody>`;
}

/** Count and seed, where they are not those of the caption (results may come from several evaluations). */
function ownConditions({ count, seed }: MetricResult, summary: EvalSummary): string {
  const words = [
    ...(count.fake === summary.fake.count && count.real === summary.real.count
      ? []
      : [countWords({ real: { count: count.real }, fake: { count: count.fake } }, formatCount)]),
    ...(seed === summary.seed ? [] : [`seed ${seed}`]),
  ];
  return words.length > 0 ? `; ${words.join(', ')}` : '';
}

function scoreRow(score: Score, result: MetricResult, { pairs, ranked }: Layout): Html {
  const interval =
    score.interval &&
    html`<br><span class="quiet">${formatNumber(score.interval.low)} … ${formatNumber(score.interval.high)}</span>`;
  return html`<tr>
    <th scope="row">${nameOf(score, result)}${score.unit && html` <span class="quiet">${score.unit}</span>`}${score.note && html`<br><span class="note">${score.note}</span>`}</th>
    <td class="number"><strong>${formatNumber(score.value)}</strong>${interval}</td>
    <td class="number">${score.reference === undefined ? '' : formatNumber(score.reference)}</td>
    ${pairs.map((pair) => html`<td class="number">${floorCell(score, pair)}</td>`)}
    <td class="number ${colourOf(score)}">${timesCell(score)}</td>
    ${ranked && html`<td class="number">${score.rank === undefined ? '' : formatNumber(score.rank, 2)}</td>`}
  </tr>`;
}

/** A floor of fewer pictures is shown, but quietly: no score is held against it. */
function floorCell({ floors }: Score, pair: string): Html {
  const floor = floors.find((candidate) => candidate.pair === pair);
  const text = formatNumber(floor?.value);
  return floor?.comparable === false
    ? html`<span class="note">(${text} of ${formatCount(floor.count)})</span>`
    : html`${text}`;
}

function timesCell(score: Score): string {
  const flaw = flawOf(score);
  if (flaw !== undefined) return `bad: ${flaw}`;
  const times = timesOf(score);
  return times === undefined ? '' : `${formatNumber(times, 3)} ×`;
}

function warningList(warnings: readonly string[]): Html | false {
  if (warnings.length === 0) return false;
  return html`<ul class="warnings" aria-label="Warnings">${[...new Set(warnings)].map((warning) => html`<li>${warning}</li>`)}</ul>`;
}

/**
 * The curves of all runs in one chart each, and one a resizer: what is not generated is the same in all and is drawn
 * once.
 */
function overlaidCurves(runs: readonly JudgedRun[]): Curve[] {
  const byKey = new Map<string, Curve>();
  for (const { name, judgement } of runs) {
    for (const result of judgement.summary.results) {
      for (const curve of namedCurves(result)) {
        const own = curve.series.map((series) => (isGenerated(series.name) ? { ...series, name } : series));
        const known = byKey.get(curve.title);
        const others = own.filter((series) => !known?.series.some((other) => other.name === series.name));
        byKey.set(curve.title, { ...curve, series: [...(known?.series ?? []), ...others] });
      }
    }
  }
  return [...byKey.values()];
}

/** Titles carry the resizer, as names of scores do. */
function namedCurves({ curves = [], variant }: MetricResult): Curve[] {
  const resizer = resizerOf(variant);
  return curves.map((curve) =>
    resizer === undefined ? curve : { ...curve, title: `${curve.title} (${resizer})` },
  );
}

const isGenerated = (name: string) => name.startsWith('generated') || name === 'FID';

/** Curves and galleries of one metric; with several runs their curves are drawn together elsewhere. */
function resultFigures(result: MetricResult, overlaid: boolean): Html | false {
  const { title, gallery } = result;
  const curves = overlaid ? [] : namedCurves(result);
  if (curves.length === 0 && !gallery) return false;
  return html`<h3>${title}</h3>
    ${curves.length > 0 && html`<div class="charts">${curves.map(curveFigure)}</div>`}
    ${gallery && galleryFigure(gallery)}`;
}

function galleryFigure({ title, rows }: Gallery): Html {
  return html`<figure><div class="gallery">${rows.map(
    ({ caption, pictures }) =>
      html`<div class="pair">${pictures.map(
        ({ label, uri, width, height }) =>
          html`<div><img class="pixels" src="${uri}" width="${width}" height="${height}" alt="${label}"><span class="note">${label}</span></div>`,
      )}<p class="note">${caption}</p></div>`,
  )}</div><figcaption><strong>${title}.</strong></figcaption></figure>`;
}

function curveFigure(curve: Curve): Html {
  return html`<figure>${metricChart(curve)}${legend(curve.series.map(({ name }) => name))}<figcaption><strong>${curve.title}</strong></figcaption></figure>`;
}

export function legend(names: readonly string[]): Html {
  const colours = lineColours(names);
  return html`<ul class="legend">${names.map((name, i) => html`<li><span style="background:${colours[i]}"></span>${name}</li>`)}</ul>`;
}
