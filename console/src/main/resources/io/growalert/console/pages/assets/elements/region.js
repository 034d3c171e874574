// <ga-region>: a part of a page with its heading, its age, and what is wrong with its data. The rest of the page is independent of it.

import {h, setChildren, setText} from '../dom.js';
import {icon} from '../icons.js';
import {clock, duration, sentence} from '../words.js';

let ids = 0;

class Region extends HTMLElement {
  /** Where the content goes. */
  body = h('div', {class: 'region-body'});
  #asOf = h('span', {class: 'as-of'}, 'Loading');
  #notice = h('div', {class: 'notice', hidden: true});
  #state = '';
  #service = '';

  /**
   * @param heading its text
   * @param actions elements beside it
   * @param level of the heading
   * @param service whose data it is, as a subject
   * @param isQuiet whether its age is shown only when it is stale: for a part beside another one of the same age
   */
  static create({heading, actions = [], level = 2, name, service = 'The service behind this part', isQuiet = false}) {
    const region = document.createElement('ga-region');
    const id = `region-${++ids}`;
    region.heading = h(`h${level}`, {id}, heading);
    region.setAttribute('role', 'region');
    region.setAttribute('aria-labelledby', id);
    if (name) region.dataset.name = name;
    region.#service = service;
    region.actions = h('div', {class: 'region-actions'}, actions);
    region.classList.toggle('is-quiet', isQuiet);
    region.append(h('div', {class: 'region-head'}, region.heading, region.#asOf, region.actions), region.#notice, region.body);
    return region;
  }

  /** How fresh the content is; see fresh.js. */
  fresh({asOf, isStale, age, problem, isShown}) {
    const state = problem ? 'away' : isStale ? 'stale' : isShown ? 'fresh' : 'loading';
    const words = asOf ? `as of ${clock(asOf)}` : problem ? 'nothing known' : 'Loading';
    setText(this.#asOf, isStale && asOf ? `${words}, ${duration(age)} old` : words);
    this.#show(state, problem ? wordsOf(problem, asOf, this.#service) : isStale ? lateWords(asOf) : '');
  }

  #show(state, words) {
    const key = `${state} ${words}`;
    if (key === this.#state) return;
    this.#state = key;
    this.dataset.state = state;
    // old content is never shown as if it were current
    this.body.classList.toggle('old', state === 'away' || state === 'stale');
    this.#notice.hidden = !words || (state === 'stale' && this.classList.contains('is-quiet'));
    setChildren(this.#notice, words && [icon(state === 'away' ? 'away' : 'stale'), h('p', {}, words)]);
  }
}

function wordsOf(problem, asOf, service) {
  const words = problem.name === 'Problem' ? sentence(problem, service) : 'This part of the page failed.';
  return asOf ? `${words} Shown is the state as of ${clock(asOf)}.` : words;
}

const lateWords = asOf =>
  (asOf ? `Stale: nothing arrived since ${clock(asOf)}.` : 'No response yet. It will be shown when it arrives.');

customElements.define('ga-region', Region);

export const region = options => Region.create(options);
