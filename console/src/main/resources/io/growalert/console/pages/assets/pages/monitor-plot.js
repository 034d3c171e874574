// The part of a monitor's page with its curve: range, zoom, series, values as text, CSV, what if.

import * as api from '../api.js';
import {announce, h, setChildren, setText, sync} from '../dom.js';
import {region} from '../elements/region.js';
import {state} from '../elements/state.js';
import {watch} from '../fresh.js';
import {moment, number, sentence, several} from '../words.js';
import {download} from './csv.js';
import {Range, RANGES} from './monitor-range.js';
import {seriesName} from './monitor-words.js';
import {isRolledUp, plain} from './plot-data.js';
import {LINES, Plot} from './plot.js';
import {WhatIf} from './what-if.js';

const MOST_POINTS = 1_000;
/** A longer range changes by less than a pixel meanwhile. */
const LEAST_PAUSE_MILLIS = 2_000;
const LONGEST_PAUSE_MILLIS = 9_000;
const ROWS_OF_TABLE = 100;

export class PlotPart {
  #id;
  #context;
  #range;
  #plotted;
  #table;
  #monitor = null;
  #plot = null;
  #values = null;
  #whatIf = null;
  #tried = [];
  #stopWatch = () => {};
  #isStopped = false;
  /** Whether the operator chose the series. */
  #isChosen = false;
  #place = h('div', {class: 'plot'});
  #frame = h('div', {class: 'plot-frame'}, this.#place);
  #ranges = h('div', {class: 'choices', role: 'group', 'aria-label': 'Range'});
  #words = h('p', {class: 'plot-words'});
  #text = h('details', {class: 'plot-text', ontoggle: () => this.#drawText()}, h('summary', {}, 'Values as text'));
  #textBody = h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Values as text'});
  #whatIfPlace = h('div');
  #incidents = h('div', {class: 'plot-incidents'});
  #problem = h('p', {class: 'notice', role: 'alert', hidden: true});
  #whatIfButton = h('button', {type: 'button', 'aria-expanded': 'false', disabled: true, onclick: () => this.#toggleWhatIf()}, 'What if');
  #csvButton = h('button', {type: 'button', onclick: () => this.#download()}, 'CSV');

  /** @param table the series table, which shows the range's numbers too */
  constructor(id, context, table) {
    this.#id = id;
    this.#context = context;
    this.#table = table;
    this.#range = Range.of(context.query);
    this.#plotted = context.query.getAll('series').slice(0, LINES);
    const step = (words, name, change) => h('button', {type: 'button', class: 'step', 'aria-label': name, title: name,
      onclick: () => this.#setRange(change(this.#range))}, words);
    this.region = region({heading: 'Values', name: 'values', service: 'The history-service',
      actions: [this.#whatIfButton, this.#csvButton]});
    this.#text.append(this.#textBody);
    this.region.body.before(h('div', {class: 'plot-bar'}, this.#ranges,
      h('div', {class: 'choices', role: 'group', 'aria-label': 'Move and zoom'},
        step('\u2190', 'Earlier', range => range.moved(-0.5)), step('\u2192', 'Later', range => range.moved(0.5)),
        step('+', 'Zoom in', range => range.zoomed(0.5)), step('\u2212', 'Zoom out', range => range.zoomed(2)))));
    this.region.body.append(this.#problem, this.#words, this.#frame, this.#whatIfPlace, this.#table.element, this.#incidents, this.#text);
    this.#drawRanges();
    if (this.#plotted.length > 0) this.#watch();
  }

  stop() {
    this.#isStopped = true;
    this.#stopWatch();
    this.#whatIf?.stop();
    this.#plot?.stop();
  }

  /** The monitor as history describes it. */
  show(monitor, first) {
    const isFirst = this.#monitor === null;
    this.#monitor = monitor;
    this.#whatIfButton.disabled = !this.#plot;
    if (!this.#isChosen && this.#plotted.length === 0 && (isFirst || first.length > 0)) {
      this.#plotted = first;
      this.#watch();
    }
    this.#describe();
  }

  get plotted() {
    return this.#plotted;
  }

  toggle(id) {
    const has = this.#plotted.includes(id);
    if (!has && this.#plotted.length === LINES) {
      announce(`At most ${LINES} series are plotted.`);
      this.#showProblem(`At most ${LINES} series are plotted. Deselect one first.`);
    } else {
      this.#isChosen = true;
      this.#plotted = has ? this.#plotted.filter(one => one !== id) : [...this.#plotted, id];
      this.#context.setQuery({series: this.#plotted});
      this.#showProblem('');
      this.#watch();
    }
    return this.#plotted;
  }

  #showProblem(words) {
    this.#problem.hidden = words === '';
    setText(this.#problem, words);
  }

  #setRange(range) {
    this.#range = range;
    this.#context.setQuery(range.parameters);
    this.#drawRanges();
    this.#watch();
  }

  #drawRanges() {
    sync(this.#ranges, RANGES, ([name]) => name, ([name, words]) => h('button', {type: 'button', 'data-range': name,
      onclick: () => this.#setRange(new Range(name))}, words));
    for (const button of this.#ranges.children) button.setAttribute('aria-pressed', String(button.dataset.range === this.#range.name));
  }

  #watch() {
    this.#stopWatch();
    if (this.#plotted.length === 0 && this.#isChosen) {
      this.#values = this.#values && {...this.#values, series: []};
      if (this.#values) this.#draw();
      return;
    }
    const path = `/api/history/monitors/${encodeURIComponent(this.#id)}/values`;
    const pause = Math.min(LONGEST_PAUSE_MILLIS, Math.max(LEAST_PAUSE_MILLIS, this.#range.seconds));
    const load = async signal => {
      const params = {series: this.#plotted, ...this.#range.query, points: MOST_POINTS};
      const [answer, plot] = await Promise.all([api.get(path, params, {signal}), this.#loadPlot()]);
      this.#plot = plot;
      return answer;
    };
    this.#stopWatch = watch(this.region, load, ({data}) => {
      this.#values = data;
      this.#draw();
    }, {kinds: ['results', 'alerts'], pause});
  }

  async #loadPlot() {
    if (this.#plot) return this.#plot;
    try {
      const plot = await Plot.in(this.#place, {
        onZoom: (from, to) => this.#setRange(Range.fixed(from, to)),
        onReset: () => this.#setRange(new Range('24h')),
        onCursor: cursor => this.#point(cursor),
        onDraw: () => this.#whatIf?.moveHandles(),
      });
      if (this.#isStopped) plot.stop();
      this.#showProblem('');
      return plot;
    } catch (error) {
      // the numbers below are complete without it
      reportError(error);
      this.#showProblem('The plot could not be loaded. The numbers are in the table.');
      return null;
    }
  }

  #draw() {
    const values = this.#ordered();
    this.#whatIfButton.disabled = !this.#plot || !this.#monitor;
    this.#drawPlot(values);
    this.#table.showValues(values, this.#plotted);
    this.#describe();
    this.#drawIncidents(values);
    this.#drawText();
  }

  #drawPlot(values = this.#ordered()) {
    this.#plot?.show(values, {
      every: this.#monitor?.every,
      ignored: this.#whatIf ? ['fail'] : [],
      tried: this.#whatIf && {limits: this.#whatIf.limits, incidents: this.#tried},
    });
  }

  /** In the order in which the operator chose the series, so that a line keeps its colour. */
  #ordered() {
    const byId = new Map(this.#values.series.map(series => [series.id, series]));
    return {...this.#values, series: this.#plotted.filter(id => byId.has(id)).map(id => byId.get(id))};
  }

  #nameOf(id) {
    const known = this.#values?.series.find(series => series.id === id)
      ?? this.#monitor?.seriesList.find(series => series.id === id);
    return known ? seriesName(known.labels) : id ? `series ${id}` : 'the monitor';
  }

  #describe() {
    if (!this.#values) return;
    const {from, to, unit, series, incidents} = this.#values;
    const values = series.reduce((sum, {t}) => sum + t.length, 0);
    const grain = isRolledUp(this.#values) ? 'least, greatest and mean of each part' : 'every value';
    setText(this.#words, `${unit ? `In ${unit}, ` : ''}${moment(from)} to ${moment(to)}, ${grain}`
      + `${values === 0 ? '. No value is stored in this range' : ''}, ${several(incidents.length, 'incident')}.`);
    this.#place.setAttribute('role', 'img');
    this.#place.setAttribute('aria-label', `Plot of ${several(series.length, 'series', 'series')}. The tables below have its numbers.`);
  }

  #point(cursor) {
    this.#table.point(cursor);
  }

  #drawIncidents({incidents}) {
    const key = JSON.stringify(incidents);
    if (this.#incidents.key === key) return;
    this.#incidents.key = key;
    const rows = [...incidents].sort((a, b) => Date.parse(b.from) - Date.parse(a.from)).slice(0, ROWS_OF_TABLE);
    setChildren(this.#incidents, h('h3', {}, 'Incidents in this range'), rows.length === 0 ? h('p', {class: 'quiet'}, 'None.')
      : h('ul', {class: 'incident-lines'}, rows.map(incident => h('li', {},
        state(incident.to ? 'resolved' : 'FAILED', incident.to ? 'Resolved' : 'Open'), ' ',
        h('a', {href: `/console/incidents/${encodeURIComponent(incident.id)}`},
          `${moment(incident.from)}${incident.to ? ` to ${moment(incident.to)}` : ''}`), ' ',
        h('bdi', {class: 'quiet'}, `${this.#nameOf(incident.series)}${incident.reason ? `: ${incident.reason}` : ''}`)))));
  }

  /** What the canvas draws, for those who do not see it: the latest values of each series. */
  #drawText() {
    if (!this.#text.open || !this.#values) return;
    const {series, unit} = this.#ordered();
    const rolledUp = isRolledUp(this.#values);
    const rows = series.flatMap(({id, t, min, max, mean, status}) =>
      t.map((time, index) => ({id, time, low: min[index], high: max[index], value: mean[index], status: status?.[index]})))
      .sort((a, b) => b.time - a.time).slice(0, ROWS_OF_TABLE);
    const columns = ['Time', 'Series', ...(rolledUp ? ['Least', 'Mean', 'Greatest'] : ['Value']), 'Status'];
    setChildren(this.#textBody, h('p', {class: 'hint'}, `The latest ${rows.length} values. CSV has all.`),
      h('table', {}, h('thead', {}, h('tr', {}, columns.map(name => h('th', {scope: 'col'}, name)))),
        h('tbody', {}, rows.map(({id, time, low, high, value, status}) => h('tr', {},
          h('td', {}, moment(time * 1000)), h('td', {}, h('bdi', {}, this.#nameOf(id))),
          rolledUp ? [plain(low), number(value, unit), plain(high)].map(text => h('td', {}, text))
            : h('td', {}, `${plain(value)}${unit ? ` ${unit}` : ''}`),
          h('td', {}, status ? state(status) : ''))))));
  }

  async #download() {
    this.#csvButton.setAttribute('aria-disabled', 'true');
    this.#showProblem('');
    try {
      await download(`/api/history/monitors/${encodeURIComponent(this.#id)}/values`,
        {series: this.#plotted, ...this.#range.query}, `${this.#id}.csv`);
    } catch (problem) {
      if (problem.name !== 'Problem') reportError(problem);
      this.#showProblem(`The values could not be downloaded. ${sentence(problem, 'The history-service')}`);
    } finally {
      this.#csvButton.removeAttribute('aria-disabled');
    }
  }

  #toggleWhatIf() {
    if (this.#whatIf) {
      this.#whatIf.stop();
      this.#whatIf.element.remove();
      this.#whatIf = null;
      this.#tried = [];
    } else {
      if (this.#range.name !== '7d') this.#setRange(new Range('7d'));
      this.#whatIf = new WhatIf({
        definition: this.#monitor.definition,
        plot: this.#plot,
        frame: this.#frame,
        nameOf: id => this.#nameOf(id),
        onChange: result => {
          if (result) this.#tried = result.whatIf;
          if (this.#values) this.#drawPlot();
        },
      });
      this.#whatIfPlace.append(this.#whatIf.element);
    }
    this.#whatIfButton.setAttribute('aria-expanded', String(this.#whatIf !== null));
    this.#draw();
  }
}
