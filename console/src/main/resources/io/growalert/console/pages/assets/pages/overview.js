// What is wrong now: the open incidents, first those that are neither acknowledged nor silenced.

import {h, setChildren, setText, sync} from '../dom.js';
import {list} from '../elements/list.js';
import {region} from '../elements/region.js';
import {silence} from '../elements/silence-form.js';
import {state} from '../elements/state.js';
import {isOld, watch} from '../fresh.js';
import {icon} from '../icons.js';
import {exactMatcher, labelsOf, open, placeOf} from '../incidents.js';
import {currentRow} from '../keys.js';
import * as session from '../session.js';
import {BY_SEVERITY, STATES, count, several} from '../words.js';
import {acts, createRow, matches, updateRow} from './incident-row.js';
import {Lag, lags} from './lag.js';

const PLACES = {
  firing: {word: 'Firing', first: 50, none: 'Nothing that is neither acknowledged nor silenced.'},
  acknowledged: {word: 'Acknowledged', first: 10},
  silenced: {word: 'Silenced', first: 10},
};
const NOT_KNOWN = 'Whether the monitors are being checked is not known.';
const STORED_GROUP = 'growalert-group';

/** The incident that was opened from here; its row gets the focus when the operator returns. */
let opened = null;

export default {
  title: 'Overview',
  render(root, context) {
    const overview = new Overview(context);
    root.append(h('h1', {class: 'unseen'}, 'Overview'), ...overview.elements);
    return overview.start();
  },
};

class Overview {
  #context;
  #answer = null;
  #monitors = null;
  #filters;
  #search = h('input', {type: 'search', 'data-search': true, 'aria-label': 'Search open incidents', placeholder: 'Search: text or label=value  ( / )',
    autocomplete: 'off', spellcheck: false, oninput: () => this.#filter({q: this.#search.value})});
  #group = h('select', {onchange: () => this.#groupBy(this.#group.value)});
  #statuses = h('div', {class: 'choices', role: 'group', 'aria-label': 'Status'});
  #figures = h('div', {class: 'figures'});
  #incidents = region({heading: 'Open incidents', name: 'incidents', service: 'The alert-dispatcher'});
  #checked = region({heading: 'Monitors', name: 'monitors', service: 'The history-service'});
  #tallies = h('div', {class: 'choices'});
  #lag = new Lag(this.#tallies);
  #clear = h('div', {class: 'clear', hidden: true});
  /** Whether the incidents, and the monitors, that are shown are the present ones. */
  #isPresent = {incidents: false, monitors: false};
  #none = h('p', {class: 'empty', hidden: true});
  #cut = h('p', {class: 'empty', hidden: true});
  #places = {};

  constructor(context) {
    this.#context = context;
    const {query} = context;
    this.#filters = {
      q: query.get('q') ?? '',
      group: query.get('group') ?? localStorage.getItem(STORED_GROUP) ?? '',
      status: (query.get('status') ?? '').split(',').filter(one => one in STATES),
    };
    this.#search.value = this.#filters.q;
    for (const [name, place] of Object.entries(PLACES)) this.#places[name] = new Place(name, place);
    const tools = h('div', {class: 'toolbar'}, h('div', {class: 'search'}, icon('search'), this.#search),
      h('label', {}, 'Group by', this.#group), this.#statuses);
    this.#incidents.body.classList.add('flush');
    this.#incidents.body.before(h('div', {class: 'region-tools'}, tools));
    this.#incidents.body.append(this.#clear, this.#none, ...Object.values(this.#places).map(({element}) => element), this.#cut);
    this.#checked.body.append(this.#lag.element, this.#tallies);
    this.#drawFigures(null);
    this.#drawGroups([]);
    this.#incidents.addEventListener('click', ({target}) => {
      if (target.closest('[data-main]')) opened = target.closest('[data-row]').incident.incident;
    });
    this.elements = [this.#figures, this.#incidents, this.#checked];
  }

  start() {
    this.#context.keys({
      a: {words: 'Acknowledge the incident', run: () => act('acknowledge')},
      m: {words: 'Silence the incident', run: () => act('silence')},
    });
    const place = {
      fresh: state => {
        this.#incidents.fresh(state);
        this.#figures.classList.toggle('old', isOld(state));
        this.#freshened('incidents', !isOld(state));
      },
    };
    const monitors = {
      fresh: state => {
        this.#checked.fresh(state);
        if (state.asOf) this.#lag.show(state.asOf, state.age);
        this.#freshened('monitors', !isOld(state) && state.asOf !== null && !lags(state.asOf, state.age));
      },
    };
    const stops = [
      open.follow(place, answer => {
        this.#answer = answer;
        this.#draw();
        this.#comeBack();
      }),
      watch(monitors, signal => this.#context.api.get('/api/history/monitors', {limit: 1}, {signal}), ({data}) => {
        this.#monitors = data;
        this.#drawMonitors();
        this.#draw();
      }, {kinds: ['monitors', 'alerts']}),
    ];
    return () => stops.forEach(stop => stop());
  }

  #freshened(part, isPresent) {
    if (this.#isPresent[part] === isPresent) return;
    this.#isPresent[part] = isPresent;
    this.#draw();
  }

  #comeBack() {
    const row = opened && [...this.#incidents.querySelectorAll('[data-row]')].find(({incident}) => incident.incident === opened);
    opened = null;
    row?.querySelector('[data-main]').focus();
  }

  #filter(changes) {
    Object.assign(this.#filters, changes);
    const {q, status} = this.#filters;
    this.#context.setQuery({q, status: status.join(',')});
    this.#draw();
  }

  #groupBy(group) {
    localStorage.setItem(STORED_GROUP, group);
    this.#filters.group = group;
    this.#context.setQuery({group});
    this.#draw();
  }

  #toggle(status) {
    const chosen = this.#filters.status;
    this.#filter({status: chosen.includes(status) ? chosen.filter(one => one !== status) : [...chosen, status]});
  }

  #draw() {
    if (!this.#answer) return;
    const {incidents, isCut} = this.#answer.data;
    this.#drawFigures(incidents);
    this.#drawStatuses(incidents);
    this.#drawGroups(incidents);
    const words = this.#filters.q.toLowerCase().split(/\s+/).filter(Boolean);
    const {status} = this.#filters;
    const shown = incidents.filter(incident => (status.length === 0 || status.includes(incident.status)) && matches(incident, words));
    const isFiltered = words.length > 0 || status.length > 0;
    for (const [name, place] of Object.entries(this.#places)) {
      place.draw(shown.filter(incident => placeOf(incident) === name), this.#filters.group, name === 'firing' && shown.length > 0);
    }
    this.#none.hidden = !isFiltered || shown.length > 0;
    setText(this.#none, `None of the ${several(incidents.length, 'open incident')} matches the filters.`);
    this.#drawClear(incidents.length === 0);
    this.#cut.hidden = !isCut;
    setText(this.#cut, `Only the latest ${count(incidents.length)} are shown.`);
  }

  /** @param incidents null while they are unknown */
  #drawFigures(incidents) {
    const counts = {firing: 0, acknowledged: 0, silenced: 0};
    for (const incident of incidents ?? []) counts[placeOf(incident)]++;
    sync(this.#figures, Object.keys(PLACES).map(name => ({name, value: counts[name]})), ({name}) => name, ({name}) => h('button', {
      type: 'button', class: `figure figure-${name}`, onclick: () => this.#places[name].show(),
    }, h('b'), h('span', {}, icon(name), PLACES[name].word)), (element, {value}) => {
      setText(element.firstElementChild, incidents ? count(value) : '\u2013');
      element.classList.toggle('some', value > 0);
    });
  }

  #drawStatuses(incidents) {
    const present = BY_SEVERITY.filter(status => this.#filters.status.includes(status) || incidents.some(incident => incident.status === status));
    sync(this.#statuses, present.length > 1 || this.#filters.status.length > 0 ? present : [], status => status,
      status => h('button', {type: 'button', class: 'toggle', onclick: () => this.#toggle(status)}, icon(status), STATES[status]));
    for (const [status, row] of this.#statuses.keyedRows) row.element.setAttribute('aria-pressed', this.#filters.status.includes(status));
  }

  #drawGroups(incidents) {
    const names = new Set();
    for (const incident of incidents) for (const name in labelsOf(incident)) names.add(name);
    if (this.#filters.group) names.add(this.#filters.group);
    const choices = ['', ...[...names].sort()];
    sync(this.#group, choices, name => name, name => h('option', {value: name}, name === '' ? 'nothing' : name));
    this.#group.value = this.#filters.group;
  }

  /** Green only when all monitors passed, and that is the present state. */
  #drawClear(isClear) {
    this.#clear.hidden = !isClear;
    if (!isClear) return;
    const {isGood, words} = this.#isPresent.monitors ? checkedWords(this.#monitors) : {isGood: false, words: NOT_KNOWN};
    this.#clear.dataset.good = isGood && this.#isPresent.incidents;
    setChildren(this.#clear, icon(isGood && this.#isPresent.incidents ? 'PASSED' : 'info'), h('p', {}, h('b', {}, 'No open incidents. '), words));
  }

  #drawMonitors() {
    const {counts, total} = this.#monitors;
    const shown = BY_SEVERITY.filter(status => counts[status] > 0);
    setChildren(this.#tallies, shown.map(status => h('a', {
      class: 'tally', href: `/console/monitors?status=${status.toLowerCase()}`,
    }, state(status), h('b', {}, count(counts[status])))), total === 0 && h('span', {class: 'quiet'}, 'No monitors'));
  }
}

/** Whether all monitors passed or are degraded, in words. Those without a status are not among the counts. */
function checkedWords({counts, total}) {
  if (total === 0) return {isGood: false, words: 'There is no monitor.'};
  const known = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const others = BY_SEVERITY.filter(status => status !== 'PASSED' && status !== 'DEGRADED' && counts[status] > 0)
    .map(status => `${several(counts[status], 'monitor')}: ${STATES[status].toLowerCase()}`);
  if (known < total) others.push(`${several(total - known, 'monitor')}: never checked`);
  const isGood = others.length === 0 && known === total;
  return {isGood, words: isGood ? `${several(total, 'monitor')}, all checked.` : others.length > 0 ? `But ${others.join('; ')}.` : NOT_KNOWN};
}

function act(name) {
  const incident = currentRow()?.incident;
  if (incident && session.can('operator')) void acts[name](incident);
}

/** Firing, acknowledged or silenced: its groups, or one list. */
class Place {
  #title = h('span', {class: 'place-title'});
  #number = h('span', {class: 'place-number'});
  #groups = h('div');
  #none = h('p', {class: 'empty'});
  #first;

  constructor(name, {word, first, none = ''}) {
    this.#first = first;
    setText(this.#title, word);
    setText(this.#none, none);
    const isOpen = name !== 'silenced';
    this.element = h('details', {class: `place place-${name}`, id: name, open: isOpen, hidden: true},
      h('summary', {}, icon('more'), h('h3', {}, this.#title, ' ', this.#number)), this.#none, this.#groups);
  }

  draw(incidents, label, isAlways) {
    this.element.hidden = incidents.length === 0 && !isAlways;
    setText(this.#number, count(incidents.length));
    this.#none.hidden = incidents.length > 0;
    sync(this.#groups, groupsOf(incidents, label), ({key}) => key, group => this.#create(group), (element, group) => {
      setText(element.number, count(group.incidents.length));
      element.list.items = group.incidents;
    });
  }

  show() {
    this.element.open = true;
    this.element.scrollIntoView({block: 'start'});
    this.element.querySelector('summary').focus({preventScroll: true});
  }

  #create({label, value}) {
    const number = h('span', {class: 'quiet'});
    const rows = list({key: ({incident}) => incident, create: createRow, update: updateRow, first: this.#first});
    const head = label && h('div', {class: 'group-head'},
      h('h4', {}, h('span', {class: 'quiet'}, `${label}: `), value === undefined ? h('i', {}, 'none') : h('bdi', {title: value}, value)), number,
      session.can('operator') && value
        && h('button', {type: 'button', class: 'quiet', onclick: () => silence({matchers: [exactMatcher(label, value)]})}, icon('silenced'), 'Silence group'));
    const element = h('section', {class: 'group'}, head, rows);
    return Object.assign(element, {number, list: rows});
  }
}

/** The largest group first; without a label, all in one. */
function groupsOf(incidents, label) {
  if (!label) return incidents.length > 0 ? [{key: 'all', label: '', incidents}] : [];
  const groups = new Map();
  for (const incident of incidents) {
    const value = labelsOf(incident)[label];
    const key = `${label}\n${value ?? ''}\n${value === undefined}`;
    if (!groups.has(key)) groups.set(key, {key, label, value, incidents: []});
    groups.get(key).incidents.push(incident);
  }
  return [...groups.values()].sort((one, other) => other.incidents.length - one.incidents.length || (one.value ?? '').localeCompare(other.value ?? ''));
}
