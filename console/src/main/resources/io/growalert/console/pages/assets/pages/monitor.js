// A monitor and its series: state, progress, curve, definition.

import * as api from '../api.js';
import {h, setChildren, setText} from '../dom.js';
import {bar} from '../elements/bar.js';
import {labels} from '../elements/labels.js';
import {region} from '../elements/region.js';
import {silence} from '../elements/silence-form.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {icon} from '../icons.js';
import {count, number, sentence, several} from '../words.js';
import {Lag} from './lag.js';
import {definitionOf, runOnce} from './monitor-definition.js';
import {PlotPart} from './monitor-plot.js';
import {firstSeries, SeriesTable} from './monitor-series.js';
import {aboutOf, progressWords, receiversOf, seriesCount, seriesName, shownStatus} from './monitor-words.js';

const SHOWN_PROGRESS = 3;
const PAUSE_MILLIS = 2_000;

export default {
  title: 'Monitor',
  render(root, context) {
    return new Monitor(root, context).start();
  },
};

class Monitor {
  #id;
  #context;
  #region;
  #definition = h('section', {class: 'definition-part', hidden: true});
  #plot;
  #table;
  #run;
  #silence;
  #lag;
  #parts = Object.fromEntries(['state', 'value', 'about', 'notified', 'labels', 'progress', 'bar'].map(name =>
    [name, h('div', {class: `monitor-${name}`})]));
  #keys = {};
  #monitor = null;
  #exists = true;

  constructor(root, context) {
    this.#id = context.params.id;
    this.#context = context;
    context.setTitle(this.#id);
    this.#run = runOnce(this.#id);
    this.#run.button.hidden = true;
    this.#silence = h('button', {type: 'button', hidden: !this.#canSilence(), onclick: () => this.#silenceAll()},
      icon('silenced'), 'Silence');
    context.keys({m: {words: 'Silence the monitor', run: () => this.#canSilence() && this.#silenceAll()}});
    this.#region = region({heading: this.#id, level: 1, name: 'monitor', actions: [this.#silence, this.#run.button],
      service: 'The history-service'});
    this.#table = new SeriesTable(id => this.#table.show(this.#monitor, this.#plot.toggle(id)));
    this.#plot = new PlotPart(this.#id, context, this.#table);
    this.#plot.region.hidden = true;
    const summary = h('div', {class: 'monitor-summary'}, ...Object.values(this.#parts));
    this.#lag = new Lag(summary);
    this.#region.body.append(this.#lag.element, summary);
    this.#region.body.after(this.#run.result);
    root.append(h('nav', {class: 'trail', 'aria-label': 'Breadcrumb'},
      h('a', {href: '/console/monitors'}, 'Monitors'), h('span', {class: 'quiet', 'aria-hidden': 'true'}, ' /')),
      this.#region, this.#plot.region, this.#definition);
  }

  start() {
    const path = `/api/history/monitors/${encodeURIComponent(this.#id)}`;
    const load = async signal => {
      const answer = await api.get(path, {window: '24h'}, {signal}).catch(problem => {
        this.#exists = problem.status !== 404;
        this.#silence.hidden = !this.#canSilence();
        throw problem;
      });
      if (answer.unchanged) this.#lag.show(answer.asOf);
      return answer;
    };
    const stop = watch(this.#region, load, answer => this.#show(answer), {kinds: ['results', 'alerts', 'monitors'], pause: PAUSE_MILLIS});
    return () => {
      stop();
      this.#plot.stop();
    };
  }

  #show({data, asOf}) {
    this.#monitor = data;
    this.#exists = true;
    this.#silence.hidden = !this.#canSilence();
    this.#lag.show(asOf);
    this.#plot.region.hidden = false;
    this.#plot.show(data, firstSeries(data.seriesList));
    this.#table.show(data, this.#plot.plotted);
    const status = shownStatus(data);
    this.#draw('state', [status, data.since], () => [state(status.kind, status.word), ' ',
      data.since ? h('span', {}, 'for ', time(data.since, 'since')) : null]);
    this.#draw('value', [data.lastValue, data.lastSlot, data.unit, data.series], () => [
      data.lastValue === null || data.lastValue === undefined ? seriesCount(data.series) : number(data.lastValue, data.unit),
      h('span', {class: 'quiet'}, ' checked ', data.lastSlot ? time(data.lastSlot, 'ago') : 'never')]);
    const waiting = data.seriesList.filter(({progress}) => progress);
    this.#draw('progress', waiting.map(({id, progress}) => [id, progress]), () => this.#progress(waiting));
    this.#parts.progress.hidden = waiting.length === 0;
    this.#draw('about', [data.error, data.paused, data.summary, data.every, data.source, data.series, data.openIncidents], () => [
      data.error ? h('span', {class: 'warning'}, icon('ERROR'), data.error) : null,
      h('span', {class: 'quiet'}, aboutOf({...data, error: null})),
      data.openIncidents ? h('a', {href: api.address('/console', {q: data.id})}, several(data.openIncidents, 'open incident')) : null]);
    this.#draw('labels', data.labels, () => [Object.keys(data.labels ?? {}).length > 0 ? labels(data.labels, {whole: true}) : null]);
    this.#draw('bar', data.bar, () => [bar(data.bar ?? []), h('span', {class: 'quiet'}, '24 h')]);
    if (this.#draw('notified', [data.receivers, data.routed, data.labels], () => [receiversOf(data)]) && data.routed) void this.#resolveRoutes();
    this.#showDefinition(data.definition);
  }

  #showDefinition(definition) {
    this.#run.button.hidden = !definition || definition.source === 'push' || !this.#context.session.can('operator');
    this.#definition.hidden = !definition;
    if (!definition || this.#keys.definition === JSON.stringify(definition)) return;
    this.#keys.definition = JSON.stringify(definition);
    setChildren(this.#definition, h('h2', {}, 'Definition'), definitionOf(definition));
  }

  #canSilence() {
    return this.#exists && this.#context.session.can('operator');
  }

  #silenceAll() {
    return silence({matchers: [`monitor=${this.#id}`]});
  }

  /** Draws a part when its data differs; whether it did. */
  #draw(name, data, children) {
    const key = JSON.stringify(data);
    if (this.#keys[name] === key) return false;
    this.#keys[name] = key;
    setChildren(this.#parts[name], ...children());
    return true;
  }

  #progress(waiting) {
    const lines = waiting.slice(0, SHOWN_PROGRESS).map(({labels: own, progress}) =>
      h('p', {}, h('b', {}, progressWords(progress)), Object.keys(own).length > 0 ? h('bdi', {class: 'quiet'}, ` ${seriesName(own)}`) : null));
    const rest = waiting.length - lines.length;
    return [lines, rest > 0 ? h('p', {class: 'quiet'}, `and ${several(rest, 'more series', 'more series')}`) : null];
  }

  /** Who that is now, by the routes in use: for one series, because routes see its labels. */
  async #resolveRoutes() {
    const {id, labels: own, seriesList, seriesTotal = seriesList.length} = this.#monitor;
    const place = h('span', {class: 'routes-words quiet'});
    this.#parts.notified.append(place);
    const first = seriesList[0]?.labels ?? {};
    const all = {...own, ...first, monitor: id, status: 'FAILED'};
    try {
      const label = Object.entries(all).map(([name, value]) => `${name}=${value}`);
      const {data} = await api.get('/api/routes/test', {label});
      const which = Object.keys(first).length > 0 && ['for ', h('bdi', {}, seriesName(first)), seriesTotal > 1 && `, one of ${count(seriesTotal)} series`, ', '];
      setChildren(place, which, 'now: ', data.receivers.length > 0 ? h('bdi', {}, data.receivers.join(', ')) : 'no receiver');
    } catch (problem) {
      if (problem.name !== 'Problem') reportError(problem);
      setText(place, `The routes are unknown: ${sentence(problem, 'The alert-dispatcher')}`);
    }
  }
}
