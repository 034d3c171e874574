// <ga-list>: rows by key, the first of them, and a button for more. Thousands of rows cost what a screen of them costs.

import {h, sync} from '../dom.js';
import {count} from '../words.js';

const FIRST = 50;
const MORE = 200;

class List extends HTMLElement {
  #rows = h('ul', {class: 'rows'});
  #more = h('button', {type: 'button', class: 'more', hidden: true, onclick: () => this.#showMore()});
  #shown = FIRST;
  #items = [];
  #options;

  /** @param options {key: item => string, create: item => element, update: (element, item) => void, first: number} */
  static of(options) {
    const list = document.createElement('ga-list');
    list.#options = options;
    list.#shown = options.first ?? FIRST;
    list.append(list.#rows, list.#more);
    return list;
  }

  set items(items) {
    this.#items = items;
    this.#draw();
  }

  #draw() {
    const {key, create, update} = this.#options;
    sync(this.#rows, this.#items.slice(0, this.#shown), key, create, update);
    const rest = this.#items.length - this.#shown;
    this.#more.hidden = rest <= 0;
    if (rest > 0) this.#more.textContent = `Show ${count(Math.min(MORE, rest))} more of ${count(this.#items.length)}`;
  }

  #showMore() {
    const first = this.#shown;
    this.#shown += MORE;
    this.#draw();
    this.#rows.children[first]?.querySelector('a, button')?.focus();
  }
}

customElements.define('ga-list', List);

/** See List.of. */
export const list = options => List.of(options);
