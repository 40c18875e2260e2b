/**
 * Static SVG charts by Observable Plot, drawn into jsdom. Colours are CSS variables of the page, so that one file suits
 * light and dark screens and paper.
 */
import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import type { Curve, Score } from '../scores.ts';
import { type Html, rawHtml } from './html.ts';
import type { CurveGroup } from './model.ts';

const WIDTH = 460;
const HEIGHT = 230;
const MAX_POINTS = 600;

/** The page defines --series-1 ... --series-6. */
export const seriesColour = (index: number): string => `var(--series-${(index % 6) + 1})`;

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
  const marks = lines.flatMap(({ points }, index) => {
    const style = { x: 'x', y: 'y', stroke: seriesColour(index) };
    // A line through one point is invisible.
    return points.length > 1
      ? [Plot.lineY(points, { ...style, strokeWidth: 1.6 })]
      : [Plot.dot(points, { ...style, fill: seriesColour(index) })];
  });
  return draw({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 52,
    ariaLabel: chart.label,
    x: {
      label: chart.xLabel,
      type: chart.xLog ? 'log' : 'linear',
      labelArrow: 'none',
      ...(chart.xLog ? { ticks: 5, tickFormat: '~g' } : {}),
    },
    y: {
      label: chart.yLabel,
      type: chart.yLog ? 'log' : 'linear',
      labelArrow: 'none',
      grid: true,
      ticks: 5,
      nice: true,
      ...(chart.yLog ? { tickFormat: '~g' } : {}),
    },
    marks: [Plot.frame({ strokeOpacity: 0.25 }), ...marks],
  });
}

/** Every score of kind "lower is better" on one logarithmic axis: dots for the generated, ticks for the floors. */
export function floorChart(rows: { name: string; score: Score }[], names: readonly string[]): Html {
  const labels = [...new Set(rows.map(({ score }) => score.label))];
  const dots = rows.map(({ name, score }) => ({
    label: score.label,
    value: score.value,
    run: names.indexOf(name),
  }));
  const ticks = rows.flatMap(({ score }) => score.floors.map(({ value }) => ({ label: score.label, value })));
  const positive = [...dots, ...ticks].filter(({ value }) => value > 0);
  return draw({
    width: 2 * WIDTH,
    height: 46 + 26 * labels.length,
    marginLeft: 190,
    ariaLabel: 'Scores of the generated pictures beside their real-against-real floors',
    x: {
      type: 'log',
      label: 'distance (lower is better)',
      labelArrow: 'none',
      grid: true,
      tickFormat: '~g',
      ticks: 6,
    },
    y: { domain: labels, label: null },
    marks: [
      Plot.ruleY(labels, { strokeOpacity: 0.12 }),
      Plot.tickX(
        positive.filter((row) => !('run' in row)),
        { x: 'value', y: 'label', stroke: 'var(--floor)', strokeWidth: 3, inset: 4 },
      ),
      ...names.map((_, index) =>
        Plot.dot(
          dots.filter(({ run, value }) => run === index && value > 0),
          { x: 'value', y: 'label', r: 5, fill: seriesColour(index) },
        ),
      ),
    ],
  });
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
