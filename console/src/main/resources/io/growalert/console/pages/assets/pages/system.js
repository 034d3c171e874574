// GrowAlert itself: its services, and the monitors by which it watches lag, buffers, disks and dead letters.

import * as api from '../api.js';
import {h, setChildren, sync} from '../dom.js';
import {bar} from '../elements/bar.js';
import {labels} from '../elements/labels.js';
import {region} from '../elements/region.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {number, several} from '../words.js';
import {kindOf, servicesOf} from './health.js';
import {Lag} from './lag.js';
import {shownStatus} from './monitor-words.js';

const GROUPS = [
  {heading: 'Lag and buffers', monitors: [
    ['growalert-lag', 'Lag', 'Age of the oldest heartbeat from a check to the notifier'],
    ['growalert-result-buffer', 'Result buffer', 'Results that wait for Kafka, by instance'],
    ['growalert-dispatcher-outbox', 'Notification events', 'Notification events that are not published yet'],
    ['growalert-billing-outbox', 'Billing changes', 'Billing changes that are not published yet'],
  ]},
  {heading: 'Dead letters and parked', monitors: [
    ['growalert-dead-letters', 'Dead letters', 'Records that could not be read within the last hour, by topic'],
    ['growalert-parked-deliveries', 'Parked deliveries', 'Deliveries that failed, by receiver', '/console/receivers', 'To the receivers'],
    ['growalert-billing-parked-events', 'Parked Stripe events', 'Events that could not be applied', '/console/customers?view=events', 'To the events'],
  ]},
  {heading: 'Disks and sources', monitors: [
    ['growalert-monitor-disk', 'Disk of the monitor-service', 'Use of the data folder\u2019s disk, by instance'],
    ['growalert-dispatcher-disk', 'Disk of the alert-dispatcher', 'Use of the data folder\u2019s disk, by instance'],
    ['growalert-source-circuits', 'Sources', 'Open circuit breakers, by source and instance'],
  ]},
  {heading: 'Payments', monitors: [
    ['growalert-billing-failed-renewals', 'Failed renewals', 'Unpaid renewals, by subscription'],
    ['growalert-billing-disputes', 'Disputes', 'Undecided disputes'],
  ]},
];
const KNOWN = new Set(GROUPS.flatMap(({monitors}) => monitors.map(([id]) => id)));
const MOST_EXPLAINED = 12;
const SHOWN_SERIES = 5;
/** Each service reports every 30 s. */
const PAUSE_MILLIS = 5_000;

export default {
  title: 'System',
  render(root) {
    const services = new Services();
    const monitors = new OwnMonitors();
    root.append(h('h1', {}, 'System'), services.region, monitors.region);
    const stops = [services.start(), monitors.start()];
    return () => stops.forEach(stop => stop());
  },
};

class Services {
  region = region({heading: 'Services', name: 'services', service: 'The gateway'});
  #sum = h('p', {class: 'sum'});
  #rows = h('ul', {class: 'rows service-rows'});

  constructor() {
    this.region.body.append(this.#sum, this.#rows);
  }

  start() {
    return watch(this.region, signal => api.get('/api/gateway/health', {}, {signal}), ({data}) => this.#show(data));
  }

  #show(data) {
    const services = servicesOf(data);
    const bad = services.filter(({status}) => status !== 'UP');
    setChildren(this.#sum, bad.length === 0
      ? state('PASSED', `All ${several(services.length, 'service')} work`)
      : state(bad.some(({status}) => kindOf(status) === 'FAILED') ? 'FAILED' : 'DEGRADED',
        `${bad.length} of ${several(services.length, 'service')} ${bad.length === 1 ? 'needs' : 'need'} an operator`));
    sync(this.#rows, services, ({name}) => name, () => h('li', {class: 'service-row', 'data-row': ''}), (row, {name, status, reasons}) => {
      const key = JSON.stringify([status, reasons]);
      if (row.key === key) return;
      row.key = key;
      row.dataset.status = kindOf(status);
      setChildren(row, state(kindOf(status), {UP: 'Works', DEGRADED: 'Degraded', DOWN: 'Down', OUT_OF_SERVICE: 'Out of service'}[status] ?? status),
        h('b', {}, name), reasons.length > 0 ? h('ul', {class: 'reasons'}, reasons.map(reason => h('li', {}, reason))) : null);
    });
  }
}

class OwnMonitors {
  region = region({heading: 'What GrowAlert watches about itself', name: 'own', service: 'The history-service'});
  #hint = h('p', {class: 'hint', hidden: true}, 'No results arrive about what is marked \u201cNot watched\u201d. The section ',
    h('code', {}, 'system'), ' of the definition files makes GrowAlert watch itself.');
  #groups = h('div', {class: 'own-groups'});
  #lag = new Lag(this.#groups);
  #rows = new Map();

  constructor() {
    this.region.body.append(this.#lag.element, this.#hint, this.#groups);
    setChildren(this.#groups, GROUPS.map(({heading, monitors}) => h('section', {class: 'own-group'},
      h('h3', {}, heading), h('ul', {class: 'rows'}, monitors.map(monitor => this.#row(...monitor))))));
  }

  start() {
    return watch(this.region, signal => this.#load(signal), answer => this.#show(answer), {kinds: ['results', 'monitors'], pause: PAUSE_MILLIS});
  }

  /** The monitors, and the series of those that need an operator. */
  async #load(signal) {
    const path = '/api/history/monitors';
    const all = await api.get(path, {search: 'growalert-', window: '24h', limit: 50}, {signal});
    const own = all.data.monitors.filter(({id}) => KNOWN.has(id));
    const bad = own.filter(({status}) => status && status !== 'PASSED').slice(0, MOST_EXPLAINED);
    const details = await Promise.all(bad.map(({id}) => api.get(`${path}/${id}`, {window: '24h'}, {signal}).catch(problem => {
      if (signal.aborted || problem.name !== 'Problem') throw problem;
      return {data: {id, seriesList: []}, unchanged: false};
    })));
    const answer = {
      data: {own, series: new Map(details.map(({data}) => [data.id, data.seriesList]))},
      asOf: all.asOf,
      unchanged: all.unchanged && details.every(({unchanged}) => unchanged),
    };
    if (answer.unchanged) this.#lag.show(answer.asOf);
    return answer;
  }

  #show({data: {own, series}, asOf}) {
    this.#lag.show(asOf);
    const byId = new Map(own.map(monitor => [monitor.id, monitor]));
    this.#hint.hidden = byId.size === KNOWN.size;
    for (const [id, row] of this.#rows) row.show(byId.get(id), series.get(id) ?? []);
  }

  #row(id, name, about, href, place) {
    const parts = Object.fromEntries(['state', 'value', 'bar', 'why'].map(part => [part, h('div', {class: `own-${part}`})]));
    const link = h('a', {href: `/console/monitors/${id}`, 'data-main': ''}, name);
    const element = h('li', {class: 'own-row', 'data-row': ''}, parts.state,
      h('div', {class: 'own-name'}, link, h('span', {class: 'quiet'}, about),
        href ? h('a', {href, class: 'own-more'}, place) : null),
      parts.value, parts.bar, parts.why);
    const keys = {};
    const draw = (part, data, children) => {
      const key = JSON.stringify(data);
      if (keys[part] === key) return;
      keys[part] = key;
      setChildren(parts[part], ...children());
    };
    element.show = (monitor, series) => {
      const status = monitor ? shownStatus(monitor) : {kind: 'UNKNOWN', word: 'Not watched'};
      element.dataset.status = status.kind;
      draw('state', [status, monitor?.since], () => [state(status.kind, status.word)]);
      draw('value', [monitor?.lastValue, monitor?.unit, monitor?.lastSlot], () => (monitor
        ? [h('span', {}, valueOf(monitor)), h('span', {class: 'quiet'}, monitor.lastSlot ? time(monitor.lastSlot, 'ago') : 'never')]
        : []));
      draw('bar', monitor?.bar, () => [bar(monitor?.bar ?? [])]);
      const bad = series.filter(one => one.status && one.status !== 'PASSED');
      draw('why', bad.map(one => [one.id, one.labels, one.status, one.lastValue]), () => whyOf(bad, monitor?.unit));
      parts.why.hidden = bad.length === 0;
    };
    this.#rows.set(id, element);
    return element;
  }
}

/** A monitor of problems has no value while there is none. */
function valueOf({lastValue, unit, status, series}) {
  if (lastValue !== null && lastValue !== undefined) return number(lastValue, unit);
  return status === 'PASSED' && !series ? 'none' : '';
}

function whyOf(bad, unit) {
  const rest = bad.length - SHOWN_SERIES;
  return [
    h('ul', {class: 'reasons'}, bad.slice(0, SHOWN_SERIES).map(one => h('li', {}, state(one.status), ' ',
      Object.keys(one.labels).length > 0 ? labels(one.labels) : null, ' ', number(one.lastValue, unit),
      one.since ? h('span', {class: 'quiet'}, ' for ', time(one.since, 'since')) : null))),
    rest > 0 ? h('p', {class: 'quiet'}, `and ${several(rest, 'more series', 'more series')}`) : null,
  ];
}
