/** What the styles of a generator vary in: strips along its components, and what each does to the solar quantities. */
import type { ComponentRecord, Effect, GanspaceRecord } from '../ganspace/record.ts';
import { formatCount, formatKimg, formatNumber } from './format.ts';
import { type Html, html } from './html.ts';
import type { RunReport } from './model.ts';

export function componentsSection(runs: readonly RunReport[]): Html {
  return html`${runs.map(({ name, ganspace }) => ganspace && componentsOf(ganspace, runs.length > 1 ? name : undefined))}`;
}

function componentsOf(record: GanspaceRecord, name: string | undefined): Html {
  const { settings, strips, components, warnings, kimg } = record;
  return html`
    ${name && html`<h3>${name}</h3>`}
    <p>Principal components of ${formatCount(settings.styles)} styles after ${formatKimg(kimg)} thousand pictures, by falling
      variance. Each row is the mean style moved along one component, from −3 to +3 standard deviations, with the same noise.
      ${answer(record)}</p>
    ${strips.rows.map(({ pictures: row }, i) => strip(components[i], row))}
    ${portions(components).map((portion) => effectTable(portion, record))}
    ${warnings.length > 0 && html`<ul class="warnings" aria-label="Warnings">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>`}`;
}

/** Columns of one table: more would not fit on a printed page. */
const COLUMNS = 8;

function portions(components: readonly ComponentRecord[]): ComponentRecord[][] {
  const measured = components.filter(({ effects }) => effects.length > 0);
  return Array.from({ length: Math.ceil(measured.length / COLUMNS) }, (_, i) =>
    measured.slice(i * COLUMNS, (i + 1) * COLUMNS),
  );
}

function effectTable(components: readonly ComponentRecord[], { pictures, moved }: GanspaceRecord): Html {
  const [first, last] = [components[0].number, components[components.length - 1].number];
  return html`<div class="scroll"><table class="dense">
    <caption>Correlation of ${first === last ? `component ${first}` : `components ${first} to ${last}`} with the solar quantities of
      ${formatCount(pictures)} generated pictures, with an interval that holds for all components together at 95 %; below it the
      change that one standard deviation of the component makes when ${formatCount(moved)} pictures are moved along it and nothing
      else, in standard deviations of the quantity. Bold: chance is excluded.</caption>
    <thead><tr><th scope="col">Quantity</th>${components.map(({ number }) => html`<th scope="col" class="number">${number}</th>`)}</tr></thead>
    <tbody>${quantitiesOf(components).map(([key, label]) => effectRow(key, label, components))}</tbody></table></div>`;
}

function answer({ cycle, components }: GanspaceRecord): Html | false {
  if (components.every(({ effects }) => effects.length === 0)) return false;
  if (!cycle) return html`<strong>None goes with solar activity for certain.</strong>`;
  const { component, effect } = cycle;
  return html`<strong>Component ${component} goes with solar activity most:</strong> ${effect.label}, r
    ${formatNumber(effect.r, 2)} (${interval(effect)}).`;
}

function strip(
  { number, share }: ComponentRecord,
  pictures: GanspaceRecord['strips']['rows'][number]['pictures'],
): Html {
  return html`<figure><div class="row">${pictures.map(
    ({ label, uri, width, height }) =>
      html`<img class="pixels" src="${uri}" width="${width}" height="${height}" alt="generated picture, component ${number} at ${label}">`,
  )}</div><figcaption><strong>Component ${number}</strong>, ${formatNumber(100 * share, 2)} % of the variance; generated, −3 … +3 σ.</figcaption></figure>`;
}

function quantitiesOf(components: readonly ComponentRecord[]): [string, string][] {
  return [...new Map(components.flatMap(({ effects }) => effects.map(({ key, label }) => [key, label])))];
}

function effectRow(key: string, label: string, components: readonly ComponentRecord[]): Html {
  return html`<tr><th scope="row">${label}</th>${components.map(({ effects }) => {
    const effect = effects.find((candidate) => candidate.key === key);
    return html`<td class="number">${effect && effectCell(effect)}</td>`;
  })}</tr>`;
}

function effectCell(effect: Effect): Html {
  const r = twoDecimals(effect.r);
  return html`${effect.low * effect.high > 0 ? html`<strong>${r}</strong>` : r}<br><span class="note">${interval(effect)}</span><br>
    <span class="note">${tidy(effect.moved)} ± ${formatNumber(effect.movedError, 1)}</span>`;
}

const twoDecimals = (value: number) => value.toFixed(2).replace('-', '−');
const interval = ({ low, high }: Effect) => `${twoDecimals(low)} … ${twoDecimals(high)}`;

/** A mean that rounding alone has kept from zero is zero. */
const tidy = (value: number) => formatNumber(Math.abs(value) < 1e-4 ? 0 : value, 2);
