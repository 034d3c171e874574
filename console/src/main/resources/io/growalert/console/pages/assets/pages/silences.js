// The silences: those in force and to come, or ended; create, change and end them.

import * as api from '../api.js';
import {h, setChildren, setText} from '../dom.js';
import {list} from '../elements/list.js';
import {region} from '../elements/region.js';
import {changeSilence, endSilence, silence} from '../elements/silence-form.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {icon} from '../icons.js';
import {currentRow} from '../keys.js';
import * as session from '../session.js';
import {several} from '../words.js';

const STATES = {'': 'Not ended', active: 'Active', pending: 'Pending', ended: 'Ended'};
const ORIGINS = {monitor: 'mute of a monitor', window: 'recurring window of the definition files', inhibition: 'inhibition of the definition files'};
const AT_MOST = 2_000;

export default {
  title: 'Silences',
  render(root, context) {
    return new Silences(root, context).start();
  },
};

class Silences {
  #context;
  #state;
  #id;
  #silences = [];
  #stop = () => {};
  #region;
  #search;
  #states = h('div', {class: 'choices', role: 'group', 'aria-label': 'State'});
  #rows = list({key: ({id}) => id, create: () => h('li', {class: 'silence', 'data-row': true}), update: (row, one) => this.#drawRow(row, one)});
  #none = h('p', {class: 'empty', hidden: true});

  constructor(root, context) {
    this.#context = context;
    const {query} = context;
    this.#state = query.get('state') in STATES ? query.get('state') : '';
    this.#id = query.get('id');
    this.#search = h('input', {type: 'search', 'data-search': true, 'aria-label': 'Search silences', autocomplete: 'off', spellcheck: false,
      placeholder: 'Search: matcher, reason, operator  ( / )', value: query.get('q') ?? '', oninput: () => this.#draw()});
    this.#region = region({heading: 'Silences', level: 1, name: 'silences', service: 'The alert-dispatcher', actions: [session.can('operator')
      && h('button', {type: 'button', class: 'main', onclick: () => silence({matchers: []})}, icon('silenced'), 'New silence')]});
    for (const [name, word] of Object.entries(STATES)) {
      this.#states.append(h('button', {type: 'button', class: 'toggle', 'data-state': name, onclick: () => this.#choose(name)}, word));
    }
    this.#region.body.classList.add('flush');
    this.#region.body.before(h('div', {class: 'region-tools'},
      h('div', {class: 'toolbar'}, h('div', {class: 'search'}, icon('search'), this.#search), this.#states)));
    this.#region.body.append(this.#none, this.#rows);
    root.append(this.#region);
  }

  start() {
    this.#context.keys({m: {words: 'New silence', run: () => session.can('operator') && silence({matchers: []})}});
    this.#watch();
    return () => this.#stop();
  }

  #choose(name) {
    this.#state = name;
    this.#id = null;
    this.#context.setQuery({state: name, id: null});
    this.#stop();
    this.#watch();
  }

  #watch() {
    for (const button of this.#states.children) button.setAttribute('aria-pressed', button.dataset.state === this.#state);
    this.#stop = watch(this.#region, signal => api.list('/api/silences', {state: this.#state}, {signal, atMost: AT_MOST}), ({data}) => {
      this.#silences = data;
      this.#draw();
    }, {kinds: ['alerts', 'notifications']});
  }

  #draw() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.#context.setQuery({q: this.#search.value});
    const shown = this.#silences.filter(({matchers, comment, createdBy}) => {
      const hay = [...matchers, comment, createdBy].join('\n').toLowerCase();
      return words.every(word => hay.includes(word));
    });
    // the one that a link names stands first
    this.#rows.items = this.#id ? [...shown.filter(({id}) => id === this.#id), ...shown.filter(({id}) => id !== this.#id)] : shown;
    this.#none.hidden = shown.length > 0;
    setText(this.#none, this.#silences.length > 0 ? 'None matches the search.' : 'No silences.');
  }

  #drawRow(row, one) {
    const hasFocus = row.contains(document.activeElement) && document.activeElement !== document.body;
    const isEnded = one.state === 'ended';
    row.classList.toggle('is-named', one.id === this.#id);
    row.silence = one;
    setChildren(row,
      h('div', {class: 'silence-head'}, state(one.state, STATES[one.state]), h('b', {class: 'wrap'}, h('bdi', {}, one.comment)),
        one.held > 0 && h('span', {class: 'small'}, several(one.held, 'notification'), ' held')),
      h('div', {class: 'choices'}, one.matchers.map(text => h('code', {class: 'chip matcher', title: text}, h('bdi', {class: 'chip-value'}, text)))),
      h('p', {class: 'small quiet'}, when(one), ', by ', h('bdi', {}, one.createdBy), one.origin !== 'api' && `, ${ORIGINS[one.origin] ?? one.origin}`),
      session.can('operator') && !isEnded && h('div', {class: 'silence-acts'},
        one.origin === 'api' && h('button', {type: 'button', 'data-main': true, onclick: () => changeSilence(one)}, 'Change'),
        one.origin !== 'inhibition' && h('button', {type: 'button', onclick: () => endSilence(one)}, 'End')));
    if (hasFocus && currentRow() !== row) row.querySelector('button')?.focus({preventScroll: true});
  }
}

function when({state: at, startsAt, endsAt, endedAt}) {
  if (at === 'pending') return ['starts ', time(startsAt), ' (', time(startsAt, 'until'), '), ends ', endsAt ? time(endsAt) : 'with its alert'];
  if (at === 'ended') return [time(startsAt), ' to ', time(endedAt ?? endsAt)];
  return ['since ', time(startsAt), ', ', endsAt ? ['ends ', time(endsAt), ' (', time(endsAt, 'until'), ')'] : 'ends with its alert'];
}
