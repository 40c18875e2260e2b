/** Scores beside their floors: a picture of all of them, then the table, then what must be known to read it. */
import type { Gallery } from '../gallery.ts';
import { type Curve, type EvalSummary, type MetricResult, type Score, timesFloor } from '../scores.ts';
import { floorChart, lineColours, metricChart, seriesColour } from './charts.ts';
import { formatCount, formatKimg, formatNumber } from './format.ts';
import { type Html, html } from './html.ts';

export interface JudgedRun {
  name: string;
  summary: EvalSummary;
}

export function scoresSection(runs: readonly JudgedRun[]): Html {
  if (runs.length === 0) {
    return html`<p class="quiet">No scores yet: <code>sungan eval</code> has not been run.</p>`;
  }
  const ratios = runs.flatMap(({ name, summary }) =>
    summary.results.flatMap(({ scores }) =>
      scores.flatMap((score) => {
        const times = timesFloor(score);
        return times === undefined ? [] : [{ name, label: score.label, times }];
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

function runScores({ name, summary }: JudgedRun, named: boolean): Html {
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
      <caption>${summary.fake.label} judged against ${summary.real.label}; ${formatCount(summary.fake.count)} pictures a side,
        ${summary.real.resolution} × ${summary.real.resolution} pixels, seed ${summary.seed}${summary.kimg !== null && `, after ${formatKimg(summary.kimg)} thousand pictures`}.</caption>
      <thead><tr><th scope="col">Score</th><th scope="col" class="number">Generated</th><th scope="col" class="number">Reals</th>
        ${pairs.map((pair) => html`<th scope="col" class="number">Floor:<br>${PAIR_NAMES[pair] ?? pair}</th>`)}
        <th scope="col" class="number">Times<br>floor</th>${ranked && html`<th scope="col" class="number">Rank</th>`}</tr></thead>
      ${summary.results.map((result) => resultRows(result, pairs, ranked))}
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

function resultRows(result: MetricResult, pairs: readonly string[], ranked: boolean): Html {
  return html`<tbody class="group">
    <tr><th scope="colgroup" colspan="${pairs.length + (ranked ? 5 : 4)}">${result.title} <span class="quiet" style="font-weight:400">– ${result.variant}</span></th></tr>
    ${result.scores.map((score) => scoreRow(score, pairs, ranked))}
  </tbody>`;
}

function scoreRow(score: Score, pairs: readonly string[], ranked: boolean): Html {
  const times = timesFloor(score);
  const interval =
    score.interval &&
    html`<br><span class="quiet">${formatNumber(score.interval.low)} … ${formatNumber(score.interval.high)}</span>`;
  return html`<tr>
    <th scope="row">${score.label}${score.unit && html` <span class="quiet">${score.unit}</span>`}${score.note && html`<br><span class="note">${score.note}</span>`}</th>
    <td class="number"><strong>${formatNumber(score.value)}</strong>${interval}</td>
    <td class="number">${score.reference === undefined ? '' : formatNumber(score.reference)}</td>
    ${pairs.map((pair) => html`<td class="number">${formatNumber(score.floors.find((floor) => floor.pair === pair)?.value)}</td>`)}
    <td class="number ${verdict(times)}">${times === undefined ? '' : `${formatNumber(times, 3)} ×`}</td>
    ${ranked && html`<td class="number">${score.rank === undefined ? '' : formatNumber(score.rank, 2)}</td>`}
  </tr>`;
}

/** Colours only repeat what the number says. */
function verdict(times: number | undefined): string {
  if (times === undefined) return '';
  return times < 1.5 ? 'good' : times < 5 ? 'fair' : 'bad';
}

function warningList(warnings: readonly string[]): Html | false {
  if (warnings.length === 0) return false;
  return html`<ul class="warnings" aria-label="Warnings">${[...new Set(warnings)].map((warning) => html`<li>${warning}</li>`)}</ul>`;
}

/** The curves of all runs in one chart each: what is not generated is the same in all and is drawn once. */
function overlaidCurves(runs: readonly JudgedRun[]): Curve[] {
  const byKey = new Map<string, Curve>();
  for (const { name, summary } of runs) {
    for (const curve of summary.results.flatMap(({ curves }) => curves ?? [])) {
      const own = curve.series.map((series) => (isGenerated(series.name) ? { ...series, name } : series));
      const known = byKey.get(curve.key);
      const others = own.filter((series) => !known?.series.some((other) => other.name === series.name));
      byKey.set(curve.key, { ...curve, series: [...(known?.series ?? []), ...others] });
    }
  }
  return [...byKey.values()];
}

const isGenerated = (name: string) => name.startsWith('generated') || name === 'FID';

/** Curves and galleries of one metric; with several runs their curves are drawn together elsewhere. */
function resultFigures({ title, curves: all = [], gallery }: MetricResult, overlaid: boolean): Html | false {
  const curves = overlaid ? [] : all;
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
