/** The page's style sheet: a paper that can be read on a light or dark screen and printed. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --quiet: #5b6470; --rule: #d5dae0; --wash: #f5f7f9; --accent: #a34a00;
  --notice: #fff6e5; --notice-rule: #e0a33a; --good: #1a7f37; --fair: #8a6100; --bad: #b42318; --floor: #8a94a0;
  --series-1: #1f6fb5; --series-2: #d1660f; --series-3: #2c8a57; --series-4: #a03a8f; --series-5: #8a6d00; --series-6: #5b5bd6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e4e8ec; --quiet: #9aa5b1; --rule: #343b44; --wash: #1c2127; --accent: #f0a35e;
    --notice: #2c2413; --notice-rule: #a87a22; --good: #5cc27d; --fair: #d9ad4c; --bad: #ff8a7a; --floor: #77828f;
    --series-1: #6cb2f0; --series-2: #f39b52; --series-3: #63c28f; --series-4: #dd8ace; --series-5: #d6b84a; --series-6: #a5a5ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 "Source Sans 3", "Source Sans Pro", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header.title { border-bottom: 2px solid var(--ink); padding-bottom: 1rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.03rem; margin: 1.6rem 0 .4rem; }
p { margin: .5rem 0; max-width: 46rem; }
.quiet, figcaption, .byline { color: var(--quiet); }
.byline { margin: 0; font-size: .95rem; }
nav { margin: 0 0 1rem; font-size: .92rem; }
nav a { color: inherit; margin-right: 1.1rem; text-decoration-color: var(--rule); text-underline-offset: .2em; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-rule); padding: .55rem .9rem; margin: .7rem 0; max-width: none; font-size: .95rem; }
.warnings { font-size: .92rem; padding-left: 1.2rem; margin: .4rem 0 1rem; }
.findings { margin: 0; padding-left: 1.1rem; } .findings li { margin: .1rem 0; } td p { margin: 0; }
.warnings li { margin: .15rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0 1rem; font-size: .93rem; min-width: 50%; }
caption { text-align: left; color: var(--quiet); padding-bottom: .35rem; font-size: .92rem; }
thead th { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
tbody:last-of-type tr:last-child > * { border-bottom: 2px solid var(--ink); }
th, td { text-align: left; padding: .28rem .9rem .28rem 0; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody th { font-weight: 400; }
tbody.group th[colspan] { font-weight: 600; padding-top: .7rem; border-top: 1px solid var(--ink); }
.note { color: var(--quiet); font-size: .9em; }
tbody.run tr + tr > * { border-top: 0; padding-top: 0; } tbody.run + tbody.run > tr:first-child > * { border-top: 1px solid var(--rule); }
td.variant { color: var(--quiet); font-size: .85rem; max-width: 22rem; }
td.wrap { overflow-wrap: anywhere; }
/* more columns than fit otherwise */
table.dense { font-size: .8rem; min-width: 100%; } table.dense th, table.dense td { padding-right: .5rem; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
figure { margin: .6rem 0 1rem; }
figcaption { font-size: .88rem; margin-top: .3rem; max-width: 46rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
figure img { display: block; width: 100%; height: auto; background: #000; }
img.pixels { image-rendering: pixelated; }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1rem 1.6rem; align-items: start; }
/* pictures of one kind side by side */
.row { display: grid; grid-template-columns: repeat(8, 1fr); gap: .3rem; }
/* pairs of pictures that belong together */
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem 1.4rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(4rem, 1fr)); gap: .3rem .5rem; align-items: start; }
.pair p { grid-column: 1 / -1; margin: 0; }
/* three in a row where they fit */
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 1rem 1.2rem; align-items: start; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .6rem 1.8rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .88rem; margin: .2rem 0; padding: 0; list-style: none; }
.legend span { display: inline-block; width: 1.1em; height: .25em; vertical-align: middle; margin-right: .4em; }
.legend span.dot { width: .7em; height: .7em; border-radius: 50%; } .legend span.tick { width: .2em; height: .9em; }
details { margin: .6rem 0; } summary { cursor: pointer; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--rule); font-size: .88rem; color: var(--quiet); }
@media print {
  :root {
    color-scheme: light; --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --wash: #fff; --accent: #7a3700;
    --notice: #fff; --good: #0b5c26; --fair: #6b4b00; --bad: #8f150b; --floor: #777;
    --series-1: #1f6fb5; --series-2: #d1660f; --series-3: #2c8a57; --series-4: #a03a8f; --series-5: #8a6d00; --series-6: #5b5bd6;
  }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } nav { display: none; }
  .scroll { overflow: visible; } table { font-size: 8.5pt; } table.dense { font-size: 6.5pt; break-inside: avoid; } th, td { padding-right: .5rem; }
  figure, tr, tbody.run, .notice { break-inside: avoid; } h2, h3 { break-after: avoid; }
  /* a picture and its caption on one page */
  figure > img { max-height: 215mm; object-fit: contain; object-position: left top; background: none; }
  img, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .charts, .columns { grid-template-columns: repeat(2, 1fr); } .strip { grid-template-columns: repeat(3, 1fr); }
}
@page { margin: 16mm 15mm; }
`;
