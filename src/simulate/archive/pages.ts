/** Web pages as Apache writes them: directory indexes and errors. The markup follows real indexes of the synoptic directory. */
import type { FrameId } from '../products.ts';
import { pathOf } from '../products.ts';
import type { IndexEntry } from './folders.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ADDRESS = '<address>SUNGAN SIMULATOR: SIMULATED data, not the archive of an observatory</address>';

/** The index page of a folder; `path` begins and ends with a slash. */
export function indexPage(path: string, entries: readonly IndexEntry[]): string {
  const title = `Index of ${path === '/' ? '/' : path.slice(0, -1)}`;
  const parent = path.split('/').slice(0, -2).join('/');
  const header = [
    '<tr><th><img src="/icons/blank.gif" alt="[ICO]"></th>',
    '<th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th>',
    '<th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>',
    '<tr><th colspan="5"><hr></th></tr>',
  ].join('');
  return [
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">',
    '<html>',
    ' <head>',
    `  <title>${title}</title>`,
    ' </head>',
    ' <body>',
    `<h1>${title}</h1>`,
    `<table>${header}`,
    row('back', '[DIR]', `${parent}/`, 'Parent Directory', '&nbsp;', '  - '),
    ...entries.map(entryRow),
    '<tr><th colspan="5"><hr></th></tr>',
    '</table>',
    ADDRESS,
    '</body></html>',
    '',
  ].join('\n');
}

function entryRow({ name, isFolder, modified, bytes }: IndexEntry): string {
  const shown = isFolder ? `${name}/` : name;
  return row(
    isFolder ? 'folder' : 'unknown',
    isFolder ? '[DIR]' : '[   ]',
    shown,
    shown,
    `${apacheTime(modified)}  `,
    bytes === undefined ? '  - ' : apacheSize(bytes),
  );
}

function row(icon: string, alt: string, href: string, name: string, modified: string, size: string): string {
  const date = modified === '&nbsp;' ? '<td>&nbsp;</td>' : `<td align="right">${modified}</td>`;
  return `<tr><td valign="top"><img src="/icons/${icon}.gif" alt="${alt}"></td><td><a href="${href}">${name}</a></td>${date}<td align="right">${size}</td></tr>`;
}

/** `07-Mar-2017 10:07` */
function apacheTime(time: Date): string {
  const [year, month, day, hour, minute] = time.toISOString().split(/[-T:]/) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `${day}-${MONTHS[Number(month) - 1]}-${year} ${hour}:${minute}`;
}

/** Three or four characters: ` 87K`, `706K`, `1.1M`. */
function apacheSize(bytes: number): string {
  if (bytes < 1024) return String(bytes).padStart(4);
  const kibibytes = bytes / 1024;
  if (kibibytes < 999.5) return `${Math.round(kibibytes)}K`.padStart(4);
  const mebibytes = kibibytes / 1024;
  return mebibytes < 9.95 ? `${mebibytes.toFixed(1)}M` : `${Math.round(mebibytes)}M`.padStart(4);
}

export function notFoundPage(path: string): string {
  const shown = path.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return errorPage('404 Not Found', 'Not Found', `The requested URL ${shown} was not found on this server.`);
}

/** What the fault `html` delivers under the name of a frame. */
export function htmlErrorPage(id: FrameId): string {
  return errorPage(
    '503 Service Temporarily Unavailable',
    'Service Temporarily Unavailable',
    `The file /${pathOf(id)} is being staged. Please try again later.`,
  );
}

export function errorPage(title: string, heading: string, text: string): string {
  return [
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">',
    '<html><head>',
    `<title>${title}</title>`,
    '</head><body>',
    `<h1>${heading}</h1>`,
    `<p>${text}</p>`,
    '<hr>',
    ADDRESS,
    '</body></html>',
    '',
  ].join('\n');
}
