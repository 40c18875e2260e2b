/** Tables that several sections use. */
import { type Html, html } from './html.ts';
import type { Fact } from './model.ts';

export function factTable(facts: readonly Fact[], caption: string): Html {
  return html`<div class="scroll"><table><caption>${caption}</caption>
    <thead><tr><th scope="col">Item</th><th scope="col">Value</th></tr></thead>
    <tbody>${facts.map(({ label, value }) => html`<tr><th scope="row">${label}</th><td class="wrap">${value}</td></tr>`)}</tbody></table></div>`;
}
