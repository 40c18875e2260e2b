/** What the networks have learnt from: counts, splits, rejections with their reasons, and how the frames look. */
import { formatCount } from './format.ts';
import { type Html, html } from './html.ts';
import type { DataReport, RunReport } from './model.ts';
import { figure } from './pictures-section.ts';
import { factTable } from './tables.ts';

export function dataSections(runs: readonly RunReport[]): Html {
  return html`${distinctData(runs).map(dataSection)}`;
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
