// The table of a monitor's series beside the plot: what each line is, and the same numbers as text.

import {h, setChildren, setText, sync} from '../dom.js';
import {bar} from '../elements/bar.js';
import {labels} from '../elements/labels.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {BY_SEVERITY, count, number} from '../words.js';
import {plain, short, summaryOf} from './plot-data.js';
import {dashesOf, LINES} from './plot.js';
import {progressWords, shownSeriesStatus} from './monitor-words.js';

const FIRST = 20;
const COLUMNS = ['Series', 'Status', 'Last value', 'Least', 'Greatest', 'At the pointer', 'Bar'];
const SVG = 'http://www.w3.org/2000/svg';

/** The ids of the series to plot first: the worst ones. */
export function firstSeries(seriesList) {
  return [...seriesList]
    .sort((a, b) => BY_SEVERITY.indexOf(a.status ?? 'UNKNOWN') - BY_SEVERITY.indexOf(b.status ?? 'UNKNOWN'))
    .slice(0, LINES)
    .map(({id}) => id);
}

export class SeriesTable {
  #body = h('tbody');
  #more = h('button', {type: 'button', class: 'more', hidden: true, onclick: () => this.#showMore()});
  #search = h('input', {type: 'search', 'aria-label': 'Search series', placeholder: 'Label or value', hidden: true,
    autocomplete: 'off', oninput: () => this.#draw()});
  #note = h('p', {class: 'hint', hidden: true});
  #onToggle;
  #first = FIRST;
  #monitor = null;
  #plotted = [];
  #summaries = new Map();

  /** @param onToggle(id) when a series is to be plotted or not */
  constructor(onToggle) {
    this.#onToggle = onToggle;
    this.element = h('div', {class: 'series-part'}, this.#search,
      h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Series'},
        h('table', {class: 'series-table cards'}, h('thead', {}, h('tr', {}, COLUMNS.map(name => h('th', {scope: 'col'}, name)))), this.#body)),
      this.#more, this.#note);
  }

  /** @param plotted ids in the order of the plot's lines */
  show(monitor, plotted) {
    this.#monitor = monitor;
    this.#plotted = plotted;
    this.#draw();
  }

  /** The values of the shown range. */
  showValues(values, plotted) {
    this.#summaries = new Map(values.series.map(series => [series.id, summaryOf(series)]));
    this.#plotted = plotted;
    this.#draw();
  }

  /** @param cursor {time, values} or null */
  point(cursor) {
    for (const row of this.#body.children) {
      const value = cursor?.values.get(row.dataset.series);
      setText(row.atPointer, value === null || value === undefined ? '' : plain(value));
    }
  }

  #showMore() {
    const before = this.#first;
    this.#first += 100;
    this.#draw();
    this.#body.children[before]?.querySelector('input')?.focus();
  }

  #draw() {
    if (!this.#monitor) return;
    const all = this.#monitor.seriesList;
    const wanted = this.#search.value.trim().toLowerCase();
    const found = wanted === '' ? all : all.filter(series =>
      Object.entries(series.labels).some(pair => pair.join('=').toLowerCase().includes(wanted)));
    this.#search.hidden = all.length <= FIRST;
    sync(this.#body, found.slice(0, this.#first), ({id}) => id, series => this.#row(series), () => {});
    for (const [index, series] of found.slice(0, this.#first).entries()) this.#body.children[index].show(series);
    this.#more.hidden = found.length <= this.#first;
    setText(this.#more, `Show more of ${count(found.length)} series`);
    const {seriesTotal = all.length} = this.#monitor;
    this.#note.hidden = seriesTotal <= all.length && found.length > 0;
    setText(this.#note, all.length === 0 ? 'No series has a result yet.' : found.length === 0 ? 'No series matches.' : `${count(all.length)} of ${count(seriesTotal)} series are listed.`);
  }

  #row({id, labels: own}) {
    const parts = COLUMNS.map((_, index) => h(index === 0 ? 'th' : 'td', {'data-column': COLUMNS[index]}));
    const [name, status, value, least, greatest, atPointer, cells] = parts;
    name.scope = 'row';
    const toggle = h('input', {type: 'checkbox', onchange: () => this.#onToggle(id)});
    const swatch = h('span', {class: 'swatch', 'aria-hidden': 'true'});
    name.append(h('label', {class: 'series-name'}, toggle, swatch, h('span', {class: 'unseen'}, 'Plot '),
      Object.keys(own).length > 0 ? labels(own, {whole: true}) : h('span', {class: 'quiet'}, 'without labels')));
    const progress = h('div', {class: 'progress-words'});
    const shownState = h('div', {class: 'series-state'});
    status.append(shownState, progress);
    const element = h('tr', {'data-series': id}, parts);
    element.atPointer = atPointer;
    const keys = {};
    const draw = (part, key, children) => {
      const text = JSON.stringify(key);
      if (keys[part.dataset.column ?? part.className] === text) return;
      keys[part.dataset.column ?? part.className] = text;
      setChildren(part, children());
    };
    element.show = series => {
      const line = this.#plotted.indexOf(id);
      toggle.checked = line >= 0;
      draw(swatch, line, () => [line >= 0 ? swatchOf(line) : null]);
      const shown = shownSeriesStatus(series, this.#monitor);
      draw(shownState, [shown, series.since], () => [state(shown.kind, shown.word), ' ',
        series.since ? h('span', {class: 'quiet'}, time(series.since, 'since')) : null]);
      setText(progress, progressWords(series.progress));
      draw(value, [series.lastValue, series.lastSlot], () => [number(series.lastValue, this.#monitor.unit), ' ',
        series.lastSlot ? h('span', {class: 'quiet'}, time(series.lastSlot)) : null]);
      const summary = this.#summaries.get(id);
      setText(least, short(summary?.least));
      setText(greatest, short(summary?.greatest));
      draw(cells, series.bar, () => [series.bar ? bar(series.bar) : null]);
    };
    return element;
  }
}

/** The line of a series in the plot. */
function swatchOf(line) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 28 8');
  svg.setAttribute('class', `line line-${1 + line % LINES}`);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M0 4h28');
  if (dashesOf(line).length > 0) path.setAttribute('stroke-dasharray', dashesOf(line).join(' '));
  svg.append(path);
  return svg;
}
