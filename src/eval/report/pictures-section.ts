/** Real pictures beside generated ones, and the same seeds as training went on. */
import type { GalleryRow } from '../gallery.ts';
import { formatKimg } from './format.ts';
import { type Html, html } from './html.ts';
import type { EmbeddedImage, RunReport, SampleGrid } from './model.ts';

export function picturesSection(runs: readonly RunReport[]): Html {
  const several = runs.length > 1;
  const trained = runs.filter(({ samples }) => samples.length > 0);
  const judged = judgedRows(runs);
  return html`
    ${judged.length > 0 && html`<h3>Judged</h3>${judged}`}
    ${trained.map((run) => html`${(several || judged.length > 0) && html`<h3>${run.name}, samples</h3>`}${samples(run)}`)}
    ${trained.length === 0 && judged.length === 0 && html`<p class="quiet">No samples yet.</p>`}`;
}

/** A row of each run, and one of the reals they were judged by; several runs may share that. */
function judgedRows(runs: readonly RunReport[]): Html[] {
  const shown = new Set<string>();
  return runs.flatMap((run) => {
    const rows = run.judgement?.summary.pictures?.rows ?? [];
    return rows.flatMap((row) => {
      const isReal = row.pictures[0]?.label === 'real';
      if (isReal && shown.has(row.caption)) return [];
      if (isReal) shown.add(row.caption);
      const kind = isReal ? (run.simulated ? 'Simulated' : 'Real') : 'Generated';
      return [pictureRow(row, kind, isReal || runs.length === 1 ? row.caption : run.name)];
    });
  });
}

function pictureRow({ pictures }: GalleryRow, kind: string, caption: string): Html {
  return html`<figure><div class="row">${pictures.map(
    ({ label, uri, width, height }) =>
      html`<img class="pixels" src="${uri}" width="${width}" height="${height}" alt="${label} picture of ${caption}">`,
  )}</div><figcaption><strong>${kind}.</strong> ${caption}.</figcaption></figure>`;
}

/** Training frames and generated pictures at one scale, then the course of training. */
function samples(run: RunReport): Html {
  const chosen = firstMiddleLast(run.samples);
  const last = chosen[chosen.length - 1];
  const widest = Math.max(run.reals?.width ?? 1, last.image.width);
  const real = html`<strong>${run.simulated ? 'Simulated' : 'Real'}.</strong> Training frames.`;
  const generated = html`<strong>Generated</strong> after ${formatKimg(last.kimg)} thousand pictures, at the same scale. Fixed seeds, averaged weights, not selected.`;
  return html`<div class="columns">
      ${run.reals && figure(run.reals, real, 'pixels', run.reals.width / widest)}
      ${figure(last.image, generated, 'pixels', last.image.width / widest)}
    </div>
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

/** `share` of the column's width: grids of fewer columns keep the scale of their neighbour. */
export function figure(image: EmbeddedImage, caption: Html, className = '', share = 1): Html {
  const style = share < 1 ? html` style="width:${(100 * share).toFixed(2)}%"` : '';
  return html`<figure><img class="${className}"${style} src="${image.uri}" width="${image.width}" height="${image.height}" alt="${image.alternative}">
    <figcaption>${caption}</figcaption></figure>`;
}
