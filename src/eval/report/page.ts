/** One self-contained HTML page from the model: no script, no link that is loaded, pictures inside. */
import type { EvalSummary } from '../scores.ts';
import { trainingChart } from './charts.ts';
import { componentsSection } from './components-section.ts';
import { dataSections } from './data-section.ts';
import { formatCount, formatMoment } from './format.ts';
import { type Html, html, rawHtml } from './html.ts';
import type { Fact, ReportModel, RunReport } from './model.ts';
import { judgedRuns, overviewSection } from './overview.ts';
import { picturesSection } from './pictures-section.ts';
import { legend, scoresSection } from './scores-section.ts';
import { STYLE } from './style.ts';
import { factTable } from './tables.ts';

interface Section {
  id: string;
  title: string;
  body: Html;
}

export function renderReport(model: ReportModel): string {
  const sections = sectionsOf(model.runs);
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
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
${sections.map(({ id, title, body }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`)}
<footer>SDO data are courtesy of NASA/SDO and the AIA, EVE and HMI science teams. Solar north is up in every picture.</footer>
</main></body>
</html>
`;
  return page.markup;
}

function sectionsOf(runs: readonly RunReport[]): Section[] {
  // Scores of pictures from elsewhere come without a run.
  const trained = runs.filter(({ options }) => options.length > 0);
  const several = runs.length > 1;
  const training = html`${trained.map((run) => trainingOf(run, trained.length > 1))}`;
  return [
    { id: 'overview', title: 'Overview', body: overviewSection(runs) },
    { id: 'pictures', title: 'Pictures', body: picturesSection(runs) },
    { id: 'scores', title: 'Scores', body: scoresSection(judgedRuns(runs)) },
    ...(runs.some(({ ganspace }) => ganspace)
      ? [{ id: 'components', title: 'Components', body: componentsSection(runs) }]
      : []),
    ...(trained.length > 0
      ? [
          { id: 'training', title: 'Training', body: training },
          { id: 'data', title: 'Data', body: dataSections(trained) },
        ]
      : []),
    { id: 'provenance', title: 'Provenance', body: html`${runs.map((run) => provenance(run, several))}` },
  ];
}

function notices({ runs }: ReportModel): Html {
  const simulated = runs.some(({ simulated: own, judgement }) => {
    const { real, fake } = judgement?.summary ?? {};
    return own || real?.simulated || fake?.simulated;
  });
  return html`
    ${
      simulated &&
      html`<p class="notice" role="note"><strong>Simulated data.</strong> The frames behind this report were made by the
      simulator of this program, not observed. Nothing here says anything about the real Sun.</p>`
    }
    <p class="notice" role="note"><strong>Generated pictures.</strong> Every picture marked as generated was made by a neural
      network. It shows no moment of the real Sun and must not be used as an observation.</p>`;
}

function trainingOf(run: RunReport, named: boolean): Html {
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

function provenance(run: RunReport, named: boolean): Html {
  return html`${named && html`<h3>${run.name}</h3>${factTable(run.facts, `Facts of ${run.name}`)}`}
    ${run.judgement?.evaluations.map((evaluation) => factTable(judgedFacts(evaluation), 'What was judged'))}
    ${run.options.length > 0 && factTable(run.options, 'Options of the run, as resolved when it started')}`;
}

function judgedFacts({ real, fake, version, createdAt, seed, results }: EvalSummary): Fact[] {
  const side = ({ source, hash, count }: EvalSummary['real']) =>
    `${source}, ${formatCount(count)} pictures${hash ? `, hash ${hash}` : ''}`;
  return [
    { label: 'Judged', value: side(fake) },
    { label: 'Against', value: side(real) },
    { label: 'Metrics', value: results.map(({ metric }) => metric).join(', ') },
    { label: 'Seed', value: String(seed) },
    { label: 'When, by', value: `${formatMoment(createdAt)}, sungan ${version}` },
  ];
}
