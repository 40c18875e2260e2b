/** What is asked of JSOC's export service, and its answers without the address of whoever asks. */
import type { Problem } from '../../http/problem.ts';
import type { LocateTools } from '../types.ts';
import { type ExportAnswer, parseExport } from './export-answer.ts';
import type { JsocSeries } from './series.ts';

export interface Asker {
  series: JsocSeries;
  wavelength: number;
  tools: LocateTools;
}

/** A new request for the records and segment of `query`. */
export function submit(query: string, context: Asker): Promise<ExportAnswer | Problem> {
  const { series, tools, wavelength } = context;
  const channel = series.hasChannels ? '.{WAVELNTH}' : '';
  return fetchAnswer(context, {
    op: 'exp_request',
    ds: query,
    'process=n': '0',
    method: 'url',
    protocol: 'FITS,compress Rice',
    filenamefmt: `${series.series(wavelength)}.{T_REC:A}${channel}.{segment}`,
    format: 'json',
    notify: tools.options.contact ?? '',
    requester: 'sungan',
  });
}

/** How a request stands. */
export function poll(id: string, context: Asker): Promise<ExportAnswer | Problem> {
  return fetchAnswer(context, { op: 'exp_status', requestid: id, format: 'json' });
}

async function fetchAnswer(
  { tools }: Asker,
  parameters: Record<string, string>,
): Promise<ExportAnswer | Problem> {
  // One host only: a request is known where it was made.
  const url = `${new URL('cgi-bin/ajax/jsoc_fetch', tools.baseUrls[0]!).href}?${new URLSearchParams(parameters)}`;
  const answer = await tools.getText([url]);
  return answer.ok ? parseExport(withoutAddress(answer.text, tools.options.contact)) : answer.problem;
}

/** JSOC names the address in some of its errors; reasons go into the catalog and the log. */
function withoutAddress(text: string, contact: string | undefined): string {
  if (contact === undefined) return text;
  const forms = [contact, encodeURIComponent(contact), contact.replace('@', '\\u0040')];
  return forms.reduce((cleaned, form) => cleaned.replace(new RegExp(escaped(form), 'gi'), '(address)'), text);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
