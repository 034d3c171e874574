// The plot of a monitor's series, drawn by uPlot: values with their envelope, limits with their validity, incidents, zoom.

import * as data from './plot-data.js';
import {paintBehind, paintEdges, paintLimits, timesOfAxis, translucent, widthOfAxis} from './plot-paint.js';

const LIBRARY = '/console/vendor/uPlot.esm.js';
const STYLE = '/console/vendor/uPlot.css';

/** Lines differ by colour and by pattern. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 5], [12, 6], [3, 2]];
export const LINES = DASHES.length;

const NARROW = 560;

/** The dashes of a series' line, as in `stroke-dasharray`. */
export const dashesOf = index => DASHES[index % LINES];

let library;

/** Only a page with a plot loads uPlot. */
function load() {
  library ??= styled().then(() => import(LIBRARY)).then(module => module.default)
    .catch(error => {
      library = undefined;
      throw error;
    });
  return library;
}

function styled() {
  if (document.querySelector(`link[href="${STYLE}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = STYLE;
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      link.remove();
      reject(new Error('the plot could not be loaded'));
    });
    document.head.append(link);
  });
}

/** Its methods take and return epoch seconds, values and CSS pixels relative to the place. */
export class Plot {
  #place;
  #uPlot;
  #chart = null;
  #values = null;
  #shape = '';
  #ignored = [];
  #tried = null;
  #fixedRange = null;
  #events;
  #observer;
  #scheme = matchMedia('(prefers-color-scheme: dark)');
  #repaint = () => this.#rebuild();

  /**
   * @param events onZoom(from, to), onReset(), onCursor({time, values: [..]} or null), onDraw()
   */
  static async in(place, events) {
    return new Plot(place, await load(), events);
  }

  constructor(place, uPlot, events) {
    this.#place = place;
    this.#uPlot = uPlot;
    this.#events = events;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
    this.#scheme.addEventListener('change', this.#repaint);
  }

  stop() {
    this.#observer.disconnect();
    this.#scheme.removeEventListener('change', this.#repaint);
    this.#chart?.destroy();
    this.#chart = null;
  }

  /**
   * @param values history's answer
   * @param every the monitor's interval
   * @param ignored kinds of limits that are not drawn, such as `fail` while another one is tried out
   * @param tried the limits and the incidents that are tried out: {limits, incidents}, or null
   */
  show(values, {every, ignored = [], tried = null}) {
    this.#values = {...values, step: data.stepOf(values, every)};
    this.#ignored = ignored;
    this.#tried = tried;
    const shape = JSON.stringify([values.series.map(({id}) => id), data.isRolledUp(values)]);
    if (this.#chart && shape === this.#shape) {
      this.#chart.setData(this.#table(), true);
      return;
    }
    this.#shape = shape;
    this.#rebuild();
  }

  /** While a limit is dragged, the axis stays as it is. */
  holdRange(held) {
    const scale = this.#chart?.scales.y;
    this.#fixedRange = held && scale ? [scale.min, scale.max] : null;
    if (!held) this.#chart?.setData(this.#chart.data, true);
  }

  get area() {
    const over = this.#chart?.over;
    return over
      ? {left: over.offsetLeft, top: over.offsetTop, width: over.offsetWidth, height: over.offsetHeight}
      : {left: 0, top: 0, width: 0, height: 0};
  }

  yOf(value) {
    return this.#chart ? this.area.top + this.#chart.valToPos(value, 'y') : 0;
  }

  valueAt(y) {
    return this.#chart ? this.#chart.posToVal(y - this.area.top, 'y') : null;
  }

  get range() {
    const scale = this.#chart?.scales.y;
    return scale ? [scale.min, scale.max] : [0, 1];
  }

  #columns(series) {
    const [t, min, max, mean] = data.withGaps(series, this.#values.step);
    return data.isRolledUp(this.#values) ? [t, max, min, mean] : [t, mean];
  }

  #table() {
    const tables = this.#values.series.map(series => this.#columns(series));
    return tables.length > 0 ? this.#uPlot.join(tables) : [[]];
  }

  #rebuild() {
    if (!this.#values) return;
    this.#chart?.destroy();
    this.#chart = new this.#uPlot(this.#options(), this.#table(), this.#place);
  }

  #size() {
    const width = Math.max(240, Math.floor(this.#place.clientWidth));
    return {width, height: width < NARROW ? 240 : 320};
  }

  #resize() {
    const {width, height} = this.#size();
    if (this.#chart && (this.#chart.width !== width || this.#chart.height !== height)) {
      this.#chart.setSize({width, height});
    }
  }

  #colour(name) {
    return getComputedStyle(this.#place).getPropertyValue(`--plot-${name}`).trim() || 'gray';
  }

  #options() {
    const rolledUp = data.isRolledUp(this.#values);
    const series = [{}];
    const bands = [];
    for (const index of this.#values.series.keys()) {
      const stroke = this.#colour(1 + index % LINES);
      if (rolledUp) {
        const edge = {stroke: 'transparent', width: 0, points: {show: false}};
        series.push({...edge}, {...edge});
        bands.push({series: [series.length - 2, series.length - 1], fill: translucent(stroke, 0.22)});
      }
      series.push({stroke, width: 1.75, dash: dashesOf(index), points: {size: 4}});
    }
    const ink = this.#colour('ink');
    const grid = {stroke: this.#colour('grid'), width: 1};
    const font = '12px system-ui, sans-serif';
    return {
      ...this.#size(),
      series,
      bands,
      legend: {show: false},
      padding: [12, 8, 0, 0],
      scales: {
        x: {time: true, range: () => [data.epoch(this.#values.from), data.epoch(this.#values.to)]},
        y: {range: (chart, low, high) => this.#fixedRange ?? data.axisRange(low, high, [...this.#limits(), ...this.#tried?.limits ?? []])},
      },
      axes: [
        {stroke: ink, grid, ticks: grid, font, space: 70, size: 36, values: timesOfAxis},
        {stroke: ink, grid, ticks: grid, font, size: widthOfAxis, values: (chart, splits) => splits.map(data.short)},
      ],
      cursor: {
        y: false,
        drag: {x: true, y: false, setScale: false},
        bind: {dblclick: () => () => this.#events.onReset()},
      },
      hooks: {
        drawClear: [chart => this.#paintBehind(chart)],
        draw: [chart => this.#paintOver(chart), () => this.#events.onDraw()],
        setSelect: [chart => this.#selected(chart)],
        setCursor: [chart => this.#moved(chart)],
      },
    };
  }

  #limits() {
    return data.limitLines(this.#values, data.epoch(this.#values.to))
      .filter(({kind}) => !this.#ignored.includes(kind));
  }

  #selected(chart) {
    const {left, width} = chart.select;
    if (width < 5) return;
    chart.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
    this.#events.onZoom(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
  }

  #moved(chart) {
    const {idx} = chart.cursor;
    if (idx === null || idx === undefined) {
      this.#events.onCursor(null);
      return;
    }
    const every = data.isRolledUp(this.#values) ? 3 : 1;
    const values = new Map(this.#values.series.map(({id}, index) => [id, chart.data[(index + 1) * every][idx] ?? null]));
    this.#events.onCursor({time: chart.data[0][idx], values});
  }

  #paintBehind(chart) {
    paintBehind(chart, this.#values, {
      colourOf: name => this.#colour(name),
      withFail: !this.#ignored.includes('fail'),
    });
  }

  #paintOver(chart) {
    const colourOf = name => this.#colour(name);
    paintEdges(chart, this.#values, {colourOf, tried: this.#tried?.incidents ?? []});
    paintLimits(chart, this.#limits(), colourOf);
  }
}
