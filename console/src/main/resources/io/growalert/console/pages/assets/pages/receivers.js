// The receivers: whether they accept notifications, what waits for them, and a test message.

import * as api from '../api.js';
import {now} from '../clock.js';
import {h, setChildren, setText} from '../dom.js';
import {ask, field} from '../elements/dialog.js';
import {list} from '../elements/list.js';
import {region} from '../elements/region.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {icon} from '../icons.js';
import * as live from '../live.js';
import * as session from '../session.js';
import {count, sentence, several} from '../words.js';

/** Of the circuit breaker. */
const STATES = {closed: 'Accepts', 'half-open': 'Trying again', open: 'Paused after failures'};
const OUTCOMES = {delivered: 'Delivered', retry: 'Failed, would be retried', refused: 'Refused, would be retried', rejected: 'Rejected, would be parked'};
const SINCE = {hour: ['1 h', 1], day: ['24 h', 24], week: ['7 d', 168]};
const HOUR = 3_600_000;

export default {
  title: 'Receivers',
  render(root, context) {
    return new Receivers(root, context).start();
  },
};

class Receivers {
  #receivers = [];
  #region = region({heading: 'Receivers', level: 1, name: 'receivers', service: 'The alert-dispatcher'});
  #search;
  #rows = list({key: ({name}) => name, create: createRow, update: updateRow});
  #none = h('p', {class: 'empty', hidden: true});
  #context;

  constructor(root, context) {
    this.#context = context;
    this.#search = h('input', {type: 'search', 'data-search': true, 'aria-label': 'Search receivers', placeholder: 'Search: name or kind  ( / )',
      autocomplete: 'off', spellcheck: false, value: context.query.get('q') ?? '', oninput: () => this.#draw()});
    this.#region.body.classList.add('flush');
    this.#region.body.before(h('div', {class: 'region-tools'}, h('div', {class: 'toolbar'}, h('div', {class: 'search'}, icon('search'), this.#search))));
    this.#region.body.append(this.#none, this.#rows);
    root.append(this.#region);
  }

  start() {
    return watch(this.#region, signal => api.get('/api/receivers', {}, {signal}), ({data}) => {
      this.#receivers = data.receivers;
      this.#draw();
    }, {kinds: ['notifications', 'alerts']});
  }

  #draw() {
    const word = this.#search.value.toLowerCase().trim();
    this.#context.setQuery({q: this.#search.value});
    const shown = this.#receivers.filter(({name, kind}) => `${name} ${kind ?? ''}`.toLowerCase().includes(word));
    this.#rows.items = [...shown].sort((one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name));
    this.#none.hidden = shown.length > 0;
    setText(this.#none, this.#receivers.length > 0 ? 'None matches the search.' : 'No receivers are defined.');
  }
}

/** What needs an operator stands first. */
const weight = ({state: at, parked}) => (at === 'open' ? 4 : 0) + (at === 'half-open' ? 2 : 0) + (parked > 0 ? 1 : 0);

function createRow() {
  const row = h('li', {class: 'receiver', 'data-row': true});
  row.facts = h('div', {class: 'receiver-facts'});
  row.result = h('p', {class: 'test-result', role: 'status', hidden: true});
  row.acts = h('div', {class: 'receiver-acts'});
  row.append(row.facts, row.acts, row.result);
  return row;
}

function updateRow(row, one) {
  const {name, kind, state: at, queued, parked, held, lastSuccess, lastFailure, lastError} = one;
  setChildren(row.facts,
    state(at, STATES[at]),
    h('div', {class: 'receiver-name'}, h('b', {}, h('bdi', {}, name)), h('span', {class: 'quiet small'}, kind ?? 'not defined any more')),
    h('dl', {class: 'numbers'}, figure('Queued', queued), figure('Held', held), figure('Parked', parked, parked > 0)),
    h('p', {class: 'small quiet'}, lastSuccess ? ['Last success ', time(lastSuccess, 'ago')] : 'No success so far',
      lastFailure && ['; last failure ', time(lastFailure, 'ago')]),
    lastError && isLater(lastFailure, lastSuccess) && h('p', {class: 'small wrap last-error'}, h('bdi', {}, lastError)));
  if (!session.can('operator')) return;
  row.test ??= h('button', {type: 'button', 'data-main': true, onclick: () => test(row, name)}, icon('delivered'), 'Send a test');
  row.redrive ??= h('button', {type: 'button', onclick: () => redrive(row, name)}, 'Redrive parked');
  if (!row.test.isConnected) row.acts.append(row.test, row.redrive);
  row.test.hidden = kind === null;
  row.redrive.hidden = parked === 0 || kind === null;
}

const isLater = (one, other) => Boolean(one) && (!other || Date.parse(one) > Date.parse(other));

const figure = (word, value, isBad = false) => h('div', {class: isBad ? 'bad' : ''}, h('dt', {}, word), h('dd', {}, count(value)));

async function test(row, name) {
  if (row.test.getAttribute('aria-disabled') === 'true') return;
  row.test.setAttribute('aria-disabled', 'true');
  show(row, 'waiting', 'Sending the test message');
  try {
    const {outcome, detail} = await api.send('POST', `/api/receivers/${encodeURIComponent(name)}/test`);
    show(row, outcome === 'delivered' ? 'delivered' : 'parked', `${OUTCOMES[outcome] ?? outcome}: ${detail}`);
  } catch (problem) {
    if (problem.name !== 'Problem') throw problem;
    show(row, 'parked', sentence(problem));
  } finally {
    row.test.setAttribute('aria-disabled', 'false');
  }
}

function show(row, kind, words) {
  row.result.hidden = false;
  row.result.setAttribute('kind', kind);
  setChildren(row.result, icon(kind), words);
}

async function redrive(row, receiver) {
  const done = await ask({
    heading: 'Redrive parked deliveries',
    content: [h('p', {}, 'Sends to ', h('b', {}, h('bdi', {}, receiver)), ' what was parked, in order. What a later event made pointless stays parked.'),
      field('Parked in the last', h('select', {name: 'since'}, Object.entries(SINCE).map(([value, [words]]) => h('option', {value, selected: value === 'day'}, words))))],
    action: 'Redrive',
    submit: form => api.send('POST', '/api/deliveries/redrive', {receiver, since: new Date(now() - SINCE[form.get('since')][1] * HOUR).toISOString()}),
  });
  if (!done) return;
  show(row, 'delivered', `${several(done.due, 'delivery', 'deliveries')} due again${done.superseded ? `, ${done.superseded} stay parked` : ''}.`);
  live.changed('notifications');
}
