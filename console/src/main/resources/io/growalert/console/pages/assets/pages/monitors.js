// All monitors of all instances: searched, filtered and paged by the server.

import * as api from '../api.js';
import {h, setChildren, setText, sync} from '../dom.js';
import {bar} from '../elements/bar.js';
import {labels} from '../elements/labels.js';
import {region} from '../elements/region.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {icon} from '../icons.js';
import {BY_SEVERITY, count, number, several} from '../words.js';
import {Lag} from './lag.js';
import {aboutOf, receiversOf, seriesCount, shownStatus} from './monitor-words.js';

const PATH = '/console/monitors';
const PAGE_SIZE = 50;
const TYPING_MILLIS = 300;
/** With thousands of monitors, something changes all the time. */
const PAUSE_MILLIS = 3_000;
const WINDOWS = [['24h', '24 h'], ['7d', '7 d']];
const STATUSES = BY_SEVERITY.filter(status => status !== 'UNKNOWN');

export default {
  title: 'Monitors',
  render(root, context) {
    return new Monitors(root).start();
  },
};

class Monitors {
  #filters;
  #stop = () => {};
  #typing = null;
  #region = region({heading: 'Monitors', level: 1, name: 'monitors', service: 'The history-service'});
  #search = h('input', {type: 'search', name: 'search', placeholder: 'Id or label', 'data-search': '', autocomplete: 'off', spellcheck: false,
    'aria-label': 'Search monitors', maxLength: 200, oninput: () => this.#typed()});
  #label = h('input', {type: 'text', name: 'label', placeholder: 'name:value', autocomplete: 'off', spellcheck: false,
    'aria-label': 'Filter by a label, such as site:north', maxLength: 200});
  #chosen = h('ul', {class: 'chosen', 'aria-label': 'Label filters'});
  #statuses = h('div', {class: 'choices statuses', role: 'group', 'aria-label': 'Status'});
  #windows = h('div', {class: 'choices windows', role: 'group', 'aria-label': 'Time of the bars'});
  #rows = h('ul', {class: 'rows monitor-rows'});
  #none = h('p', {class: 'empty', hidden: true});
  #lag = new Lag(this.#rows);
  #paging = h('nav', {class: 'paging', 'aria-label': 'Pages'});

  constructor(root) {
    this.#filters = filtersOf(location.search);
    this.#search.value = this.#filters.search;
    const form = h('form', {class: 'toolbar', role: 'search', onsubmit: event => this.#submitted(event)},
      h('div', {class: 'search'}, icon('search'), this.#search),
      h('div', {class: 'label-filter'}, this.#label, h('button', {type: 'submit'}, 'Filter')), this.#chosen);
    this.#region.body.classList.add('flush');
    this.#region.body.append(this.#lag.element, this.#rows, this.#none, this.#paging);
    this.#region.body.before(h('div', {class: 'filters'}, form, h('div', {class: 'toolbar'}, this.#statuses, this.#windows)));
    root.append(this.#region);
  }

  start() {
    this.#drawFilters({});
    this.#watch();
    return () => {
      clearTimeout(this.#typing);
      this.#stop();
    };
  }

  #watch() {
    this.#stop();
    this.#rows.setAttribute('aria-busy', 'true');
    const {search, status, label, window, cursor} = this.#filters;
    const params = {search, status: status.join(','), label, window, cursor, limit: PAGE_SIZE};
    const load = async signal => {
      const answer = await api.get('/api/history/monitors', params, {signal});
      if (answer.unchanged) this.#lag.show(answer.asOf);
      return answer;
    };
    this.#stop = watch(this.#region, load, answer => this.#show(answer), {kinds: ['results', 'alerts', 'monitors'], pause: PAUSE_MILLIS});
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#change({search: this.#search.value.trim()}), TYPING_MILLIS);
  }

  #submitted(event) {
    event.preventDefault();
    clearTimeout(this.#typing);
    const text = this.#label.value.trim().replace('=', ':');
    const isLabel = /^[^:]+:/.test(text);
    this.#label.setAttribute('aria-invalid', String(text !== '' && !isLabel));
    if (isLabel) this.#label.value = '';
    this.#change({
      search: this.#search.value.trim(),
      label: isLabel ? [...new Set([...this.#filters.label, text])] : this.#filters.label,
    });
  }

  /** Other filters begin with the first page. */
  #change(filters) {
    const next = {...this.#filters, cursor: '', page: 1, ...filters};
    if (addressOf(next) === addressOf(this.#filters)) return;
    this.#filters = next;
    history.replaceState(history.state, '', addressOf(next));
    this.#drawFilters({});
    this.#watch();
  }

  #drawFilters(counts) {
    const {status, label, window} = this.#filters;
    const toggled = (list, one) => (list.includes(one) ? list.filter(other => other !== one) : [...list, one]);
    sync(this.#statuses, STATUSES, one => one, one => h('button', {type: 'button', 'data-status': one,
      onclick: () => this.#change({status: toggled(this.#filters.status, one)})}, state(one), h('span', {class: 'count'})));
    for (const button of this.#statuses.children) {
      const one = button.dataset.status;
      button.setAttribute('aria-pressed', String(status.includes(one)));
      setText(button.querySelector('.count'), counts[one] === undefined ? '' : ` ${count(counts[one])}`);
    }
    sync(this.#windows, WINDOWS, ([name]) => name, ([name, words]) => h('button', {type: 'button', 'data-window': name,
      onclick: () => this.#change({window: name})}, words));
    for (const button of this.#windows.children) {
      button.setAttribute('aria-pressed', String(button.dataset.window === window));
    }
    sync(this.#chosen, label, one => one, one => h('li', {}, h('button', {type: 'button', class: 'chip',
      'aria-label': `Remove the filter ${one}`, onclick: () => this.#change({label: toggled(this.#filters.label, one)})},
    h('bdi', {}, one), ' \u00d7')));
    this.#chosen.hidden = label.length === 0;
  }

  #drawRows({data, asOf}) {
    this.#lag.show(asOf);
    sync(this.#rows, data.monitors, ({id}) => id, () => row(), () => {});
    data.monitors.forEach((item, index) => this.#rows.children[index].show(item));
  }

  #show(answer) {
    const {data} = answer;
    this.#rows.setAttribute('aria-busy', 'false');
    this.#drawFilters(data.counts ?? {});
    this.#drawRows(answer);
    this.#none.hidden = data.monitors.length > 0;
    setText(this.#none, this.#isFiltered() ? 'No monitor matches these filters.'
      : 'No monitor is known. Monitors appear here when a definition file with them is published.');
    this.#drawPaging(data);
  }

  #isFiltered() {
    const {search, status, label} = this.#filters;
    return search !== '' || status.length > 0 || label.length > 0;
  }

  #drawPaging({total, monitors, next}) {
    const {page, cursor} = this.#filters;
    const first = (page - 1) * PAGE_SIZE + 1;
    const words = total === 0 ? '' : cursor && page === 1 ? `${several(total, 'monitor')}`
      : `${count(first)} to ${count(first + monitors.length - 1)} of ${several(total, 'monitor')}`;
    const to = (filters, text, rel) => h('a', {href: addressOf({...this.#filters, ...filters}), class: 'button', rel}, text);
    setChildren(this.#paging,
      cursor ? to({cursor: '', page: 1}, 'First page') : null,
      h('span', {class: 'paging-words'}, words),
      next ? to({cursor: next, page: page + 1}, 'Next page', 'next') : null);
  }
}

function filtersOf(query) {
  const params = new URLSearchParams(query);
  const window = params.get('window');
  return {
    search: params.get('search') ?? '',
    status: (params.get('status') ?? '').toUpperCase().split(',').filter(status => STATUSES.includes(status)),
    label: params.getAll('label'),
    window: WINDOWS.some(([name]) => name === window) ? window : '24h',
    cursor: params.get('cursor') ?? '',
    page: Math.max(1, Number(params.get('page')) || 1),
  };
}

function addressOf({search, status, label, window, cursor, page}) {
  return api.address(PATH, {
    search,
    status: status.join(',').toLowerCase(),
    label,
    window: window === '24h' ? '' : window,
    cursor,
    page: cursor ? page : '',
  });
}

/** A row whose `show` changes only what differs, so that a focus and an open title stay. */
function row() {
  const parts = Object.fromEntries(['state', 'since', 'what', 'bar', 'value', 'checked', 'notified'].map(name =>
    [name, h('div', {class: `monitor-${name}`})]));
  const link = h('a', {class: 'monitor-link', 'data-main': ''});
  const incidents = h('a', {class: 'monitor-incidents', hidden: true});
  const chips = h('div', {class: 'monitor-labels'});
  const about = h('div', {class: 'monitor-about quiet'});
  parts.what.append(h('div', {class: 'monitor-name'}, link, incidents), about, chips);
  const element = h('li', {class: 'monitor-row', 'data-row': ''},
    h('div', {class: 'monitor-status'}, parts.state, parts.since), parts.what, parts.bar,
    h('div', {class: 'monitor-last'}, parts.value, parts.checked), parts.notified);
  const shown = {};
  const draw = (name, value, make) => {
    const key = JSON.stringify(value);
    if (shown[name] === key) return;
    shown[name] = key;
    setChildren(parts[name] ?? name, make());
  };
  element.show = item => {
    const status = shownStatus(item);
    element.dataset.status = status.kind;
    link.href = `${PATH}/${encodeURIComponent(item.id)}`;
    setText(link, item.id);
    draw('state', status, () => [state(status.kind, status.word)]);
    draw('since', item.since, () => [item.since ? time(item.since, 'since') : null]);
    incidents.hidden = !item.openIncidents;
    incidents.href = api.address('/console', {q: item.id});
    setText(incidents, item.openIncidents ? several(item.openIncidents, 'open incident') : '');
    setText(about, aboutOf(item));
    if (shown.labels !== JSON.stringify(item.labels)) {
      shown.labels = JSON.stringify(item.labels);
      setChildren(chips, Object.keys(item.labels ?? {}).length > 0 ? labels(item.labels) : null);
    }
    draw('bar', item.bar, () => [bar(item.bar ?? [])]);
    draw('value', [item.lastValue, item.unit, item.series], () =>
      [item.lastValue === null || item.lastValue === undefined ? seriesCount(item.series) : number(item.lastValue, item.unit)]);
    draw('checked', item.lastSlot, () => [item.lastSlot ? time(item.lastSlot, 'ago') : 'never checked']);
    draw('notified', [item.receivers, item.routed], () => [receiversOf(item)]);
  };
  return element;
}
