// <ga-state kind="FAILED">: a state as picture, word and colour.

import {h, setChildren} from '../dom.js';
import {icon} from '../icons.js';
import {STATES} from '../words.js';

class State extends HTMLElement {
  static observedAttributes = ['kind', 'word'];

  attributeChangedCallback() {
    const kind = this.getAttribute('kind');
    if (kind) setChildren(this, icon(kind), h('span', {}, this.getAttribute('word') ?? STATES[kind] ?? kind));
  }
}

customElements.define('ga-state', State);

/** @param word when it is not the state's own */
export const state = (kind, word) => h('ga-state', {kind, word});
