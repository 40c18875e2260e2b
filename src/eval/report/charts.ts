/**
 * Static SVG charts by Observable Plot, drawn into jsdom. Colours are CSS variables of the page, so that one file suits
 * light and dark screens and paper.
 */
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import type { Curve } from '../scores.ts';
import { type Html, rawHtml } from './html.ts';
import type { CurveGroup } from './model.ts';

const WIDTH = 460;
const HEIGHT = 230;
const MAX_POINTS = 600;

/** The page defines --series-1 ... --series-6. */
export const seriesColour = (index: number): string => `var(--series-${(index % 6) + 1})`;

/** Lines of real pictures are drawn in the colour of the text, so that a run keeps its own colour everywhere. */
export function lineColours(names: readonly string[]): string[] {
  let generated = 0;
  return names.map((name) => (/^(reals|test frames)/.test(name) ? 'var(--ink)' : seriesColour(generated++)));
}

interface Line {
  name: string;
  points: { x: number; y: number }[];
}

interface LineChart {
  label: string;
  xLabel: string;
  yLabel: string;
  xLog: boolean;
  yLog: boolean;
  lines: Line[];
}

export function trainingChart(group: CurveGroup): Html {
  return lineChart({
    label: group.title,
    xLabel: 'real pictures seen (thousands)',
    yLabel: group.yLabel,
    xLog: false,
    yLog: group.yLog,
    lines: group.series,
  });
}

export function metricChart(curve: Curve): Html {
  return lineChart({
    label: curve.title,
    xLabel: curve.xLabel,
    yLabel: curve.yLabel,
    xLog: curve.xLog,
    yLog: curve.yLog,
    lines: curve.series.map(({ name, x, y }) => ({
      name,
      points: x.map((value, i) => ({ x: value, y: y[i] })),
    })),
  });
}

function lineChart(chart: LineChart): Html {
  const lines = chart.lines.map(({ name, points }) => ({
    name,
    points: thin(points.filter((p) => drawable(p, chart))),
  }));
  const colours = lineColours(lines.map(({ name }) => name));
  const marks = lines.flatMap(({ points }, index) => {
    const style = { x: 'x', y: 'y', stroke: colours[index] };
    // A line through one point is invisible.
    return points.length > 1
      ? [Plot.lineY(points, { ...style, strokeWidth: 1.6 })]
      : [Plot.dot(points, { ...style, fill: colours[index] })];
  });
  const points = lines.flatMap((line) => line.points);
  const axis = (log: boolean, pick: (point: { x: number; y: number }) => number): Plot.ScaleOptions =>
    log ? logAxis(points.map(pick)) : { type: 'linear', ticks: 5 };
  return draw({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    marginBottom: 36,
    ariaLabel: chart.label,
    x: { label: chart.xLabel, labelArrow: 'none', ...axis(chart.xLog, ({ x }) => x) },
    y: {
      label: chart.yLabel,
      labelArrow: 'none',
      grid: true,
      nice: !chart.yLog,
      ...axis(chart.yLog, ({ y }) => y),
    },
    marks: [Plot.frame({ strokeOpacity: 0.25 }), ...marks],
  });
}

/** Every distance over its floor on one logarithmic axis: dots for the generated, a rule at 1 for the reals. */
export function floorChart(
  rows: readonly { name: string; label: string; times: number }[],
  names: readonly string[],
): Html {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const shown = rows.filter(({ times }) => times > 0);
  const low = Math.min(0.5, ...shown.map(({ times }) => times));
  const high = Math.max(4, ...shown.map(({ times }) => times));
  return draw({
    width: 2 * WIDTH,
    height: 46 + 22 * labels.length,
    marginLeft: 190,
    ariaLabel:
      'Distances of the generated pictures from the reals, as multiples of the real-against-real floor',
    x: {
      type: 'log',
      domain: [low / 1.1, high * 1.1],
      label: 'times the floor',
      labelArrow: 'none',
      grid: true,
      tickFormat: '~g',
      ticks: 6,
    },
    y: { domain: labels, label: null },
    marks: [
      Plot.ruleY(labels, { strokeOpacity: 0.12 }),
      Plot.ruleX([1], { stroke: 'var(--floor)', strokeWidth: 2.5 }),
      ...names.map((name, index) =>
        Plot.dot(
          shown.filter((row) => row.name === name),
          {
            x: 'times',
            y: 'label',
            r: 4.5,
            fill: seriesColour(index),
            stroke: 'var(--paper)',
            strokeWidth: 1,
          },
        ),
      ),
    ],
  });
}

/** Powers of ten where the values span two or more; else the library's own choice. */
function logAxis(values: readonly number[]): Plot.ScaleOptions {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log10);
  if (!(high - low >= 2)) return { type: 'log', tickFormat: '~g', ticks: 4 };
  const step = Math.ceil((high - low) / 6);
  const first = Math.ceil(low);
  const ticks = Array.from(
    { length: Math.floor((high - first) / step) + 1 },
    (_, i) => 10 ** (first + i * step),
  );
  return { type: 'log', ticks, tickFormat: powerOfTen };
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 0.1, 1, 10, 100, 1000; beyond that 10⁴, 10⁻³. */
function powerOfTen(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= -2 && exponent <= 3) return String(Number(value.toPrecision(1)));
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

function drawable({ x, y }: { x: number; y: number }, { xLog, yLog }: LineChart): boolean {
  return Number.isFinite(x) && Number.isFinite(y) && (!xLog || x > 0) && (!yLog || y > 0);
}

/** Long runs have more ticks than the chart has pixels. */
function thin<Point>(points: Point[]): Point[] {
  const step = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

function draw(options: Plot.PlotOptions): Html {
  const { document } = new JSDOM('').window;
  const svg = Plot.plot({
    ...options,
    document: document as never,
    style: { fontFamily: 'inherit', fontSize: '11px', background: 'none', overflow: 'visible' },
  });
  svg.setAttribute('role', 'img');
  return rawHtml(svg.outerHTML);
}
