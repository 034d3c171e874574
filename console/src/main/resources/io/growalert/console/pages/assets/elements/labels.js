// <ga-labels>: labels as chips. A long value is cut by the style sheet and complete in its title.

import {h, setChildren} from '../dom.js';

const SHOWN = 8;

class Labels extends HTMLElement {
  /** @param labels an object, or pairs */
  set labels(labels) {
    const pairs = Array.isArray(labels) ? labels : Object.entries(labels);
    const isWhole = this.hasAttribute('whole');
    const rest = isWhole ? 0 : pairs.length - SHOWN;
    setChildren(this,
      pairs.slice(0, isWhole ? pairs.length : SHOWN).map(([name, value]) => chip(name, value)),
      rest > 0 && h('span', {class: 'quiet', title: pairs.slice(SHOWN).map(pair => pair.join('=')).join('\n')}, `+${rest}`));
  }
}

/** Isolated: right-to-left text does not turn its neighbours around. */
function chip(name, value) {
  return h('span', {class: 'chip', title: `${name}=${value}`},
    h('bdi', {class: 'chip-name'}, name), h('bdi', {class: 'chip-value'}, value === '' ? '""' : value));
}

customElements.define('ga-labels', Labels);

/** @param whole shows all labels, completely */
export const labels = (map, {whole = false} = {}) => h('ga-labels', {whole, labels: map});
