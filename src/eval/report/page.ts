/** One self-contained HTML page from the model: no script, no link that is loaded, pictures inside. */
import { trainingChart } from './charts.ts';
import { formatCount, formatKimg, formatMoment } from './format.ts';
import { type Html, html, rawHtml } from './html.ts';
import type { DataReport, EmbeddedImage, Fact, ReportModel, RunReport, SampleGrid } from './model.ts';
import { type JudgedRun, legend, scoresSection } from './scores-section.ts';
import { STYLE } from './style.ts';

export function renderReport(model: ReportModel): string {
  const { runs } = model;
  const judged = runs.flatMap(({ name, evaluations }): JudgedRun[] => {
    const summary = evaluations.at(-1);
    return summary ? [{ name, summary }] : [];
  });
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="sungan ${model.version}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${model.title}</title>
<style>${rawHtml(STYLE)}</style>
</head>
<body><main>
<header class="title">
  <h1>${model.title}</h1>
  <p class="byline">Written ${formatMoment(model.createdAt)} by sungan ${model.version}</p>
</header>
${notices(model)}
<nav aria-label="Sections">${SECTIONS.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
<section aria-labelledby="overview"><h2 id="overview">Overview</h2>${runs.map((run) => overview(run, runs.length > 1))}</section>
<section aria-labelledby="pictures"><h2 id="pictures">Pictures</h2>${runs.map((run) => pictures(run, runs.length > 1))}</section>
<section aria-labelledby="scores"><h2 id="scores">Scores</h2>${scoresSection(judged)}</section>
<section aria-labelledby="training"><h2 id="training">Training</h2>${runs.map((run) => training(run, runs.length > 1))}</section>
<section aria-labelledby="data"><h2 id="data">Data</h2>${distinctData(runs).map(dataSection)}</section>
<section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>${runs.map((run) => provenance(run, runs.length > 1))}</section>
<footer>SDO data are courtesy of NASA/SDO and the AIA, EVE and HMI science teams. Solar north is up in every picture.</footer>
</main></body>
</html>
`;
  return page.markup;
}

const SECTIONS: readonly (readonly [string, string])[] = [
  ['overview', 'Overview'],
  ['pictures', 'Pictures'],
  ['scores', 'Scores'],
  ['training', 'Training'],
  ['data', 'Data'],
  ['provenance', 'Provenance'],
];

function notices({ runs }: ReportModel): Html {
  const simulated = runs.some(
    (run) => run.simulated || run.evaluations.some(({ real, fake }) => real.simulated || fake.simulated),
  );
  return html`
    ${
      simulated &&
      html`<p class="notice" role="note"><strong>Simulated data.</strong> The frames behind this report were made by the
      simulator of this program, not observed. Nothing here says anything about the real Sun.</p>`
    }
    <p class="notice" role="note"><strong>Generated pictures.</strong> Every picture marked as generated was made by a neural
      network. It shows no moment of the real Sun and must not be used as an observation.</p>`;
}

function overview(run: RunReport, named: boolean): Html {
  return html`${named && html`<h3>${run.name}</h3>`}${factTable(run.facts, `Facts of ${run.name}`)}`;
}

function pictures(run: RunReport, named: boolean): Html {
  const chosen = firstMiddleLast(run.samples);
  const last = chosen.at(-1);
  const widest = Math.max(run.reals?.width ?? 1, last?.image.width ?? 1);
  return html`
    ${named && html`<h3>${run.name}</h3>`}
    ${
      last
        ? html`<div class="columns">
          ${run.reals && figure(run.reals, html`<strong>${run.simulated ? 'Simulated' : 'Real'}.</strong> Training frames.`, 'pixels', run.reals.width / widest)}
          ${figure(last.image, html`<strong>Generated</strong> after ${formatKimg(last.kimg)} thousand pictures, at the same scale. Fixed seeds, averaged weights, not selected.`, 'pixels', last.image.width / widest)}
        </div>`
        : html`<p class="quiet">No samples yet.</p>`
    }
    ${
      chosen.length > 1 &&
      html`<h3>As training went on</h3><div class="strip">${chosen.map(({ kimg, image }) =>
        figure(
          image,
          html`<strong>${formatKimg(kimg)}</strong> thousand pictures, the same seeds.`,
          'pixels',
        ),
      )}</div>`
    }`;
}

function firstMiddleLast(samples: readonly SampleGrid[]): SampleGrid[] {
  if (samples.length <= 3) return [...samples];
  return [samples[0], samples[samples.length >> 1], samples[samples.length - 1]];
}

function training(run: RunReport, named: boolean): Html {
  return html`
    ${named && html`<h3>${run.name}</h3>`}
    ${run.curves.length === 0 && html`<p class="quiet">No statistics yet.</p>`}
    <div class="charts">${run.curves.map(
      (
        group,
      ) => html`<figure>${trainingChart(group)}${group.series.length > 1 && legend(group.series.map(({ name }) => name))}
        <figcaption><strong>${group.title}.</strong> ${group.caption}</figcaption></figure>`,
    )}</div>`;
}

/** Runs trained on the same data show them once. */
function distinctData(runs: readonly RunReport[]): (DataReport | undefined)[] {
  const byName = new Map(runs.map(({ data }) => [data?.name, data]));
  return [...byName.values()];
}

function dataSection(data: DataReport | undefined): Html {
  if (!data) return html`<p class="quiet">The data set is not in this workspace.</p>`;
  return html`
    <h3>${data.name}</h3>
    ${factTable(data.facts, `Facts of the data set ${data.name}`)}
    <div class="columns">
      ${
        data.splits.length > 0 &&
        html`<table><caption>Splits. Frames that are near in time share a split, so that no test frame has a neighbour in training.</caption>
        <thead><tr><th scope="col">Split</th><th scope="col" class="number">Frames</th><th scope="col">From</th><th scope="col">To</th></tr></thead>
        <tbody>${data.splits.map(({ split, count, from, to }) => html`<tr><th scope="row">${split}</th><td class="number">${formatCount(count)}</td><td>${from.slice(0, 10)}</td><td>${to.slice(0, 10)}</td></tr>`)}</tbody></table>`
      }
      ${data.accepted !== undefined && verdictTable(data)}
    </div>
    ${data.contactSheet && figure(data.contactSheet, html`<strong>Contact sheet</strong> of accepted frames.`)}`;
}

function verdictTable(data: DataReport): Html {
  return html`<table><caption>Frames looked at. A rejected frame may have several reasons.</caption>
    <thead><tr><th scope="col">Verdict</th><th scope="col" class="number">Frames</th></tr></thead>
    <tbody><tr><th scope="row">accepted</th><td class="number">${formatCount(data.accepted ?? 0)}</td></tr>
    <tr><th scope="row">rejected</th><td class="number">${formatCount(data.rejected ?? 0)}</td></tr>
    ${data.reasons.map(({ reason, count }) => html`<tr><th scope="row" class="quiet">– ${reason}</th><td class="number">${formatCount(count)}</td></tr>`)}</tbody></table>`;
}

function provenance(run: RunReport, named: boolean): Html {
  return html`${named && html`<h3>${run.name}</h3>`}
    ${run.options.length > 0 && factTable(run.options, 'Options of the run, as resolved when it started')}`;
}

function factTable(facts: readonly Fact[], caption: string): Html {
  return html`<div class="scroll"><table><caption>${caption}</caption>
    <thead><tr><th scope="col">Item</th><th scope="col">Value</th></tr></thead>
    <tbody>${facts.map(({ label, value }) => html`<tr><th scope="row">${label}</th><td class="wrap">${value}</td></tr>`)}</tbody></table></div>`;
}

/** `share` of the column's width: grids of fewer columns keep the scale of their neighbour. */
function figure(image: EmbeddedImage, caption: Html, className = '', share = 1): Html {
  const style = share < 1 ? html` style="width:${(100 * share).toFixed(2)}%"` : '';
  return html`<figure><img class="${className}"${style} src="${image.uri}" width="${image.width}" height="${image.height}" alt="${image.alternative}">
    <figcaption>${caption}</figcaption></figure>`;
}
