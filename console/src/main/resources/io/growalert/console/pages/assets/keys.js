// Keys without a modifier: `/` searches, `j` and `k` move, `?` helps; a page adds its own.

import {h} from './dom.js';

const STORED = 'growalert-keys';

let own = {};

/** @param keys {m: {words, run}}: those of the page that is shown */
export function use(keys) {
  own = keys;
}

const areOn = () => localStorage.getItem(STORED) !== 'off';

/** A row of a list, or what a page marks as one. */
const ROW = 'main .rows > li, main [data-row]';
const SEARCH = 'main [data-search], main input[type=search]';

const rows = () => [...document.querySelectorAll(ROW)].filter(row => row.checkVisibility());

/** The row with the focus. */
export const currentRow = () => document.activeElement?.closest(ROW) ?? null;

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const place = all.indexOf(currentRow());
  const next = all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + step))];
  (next.querySelector('[data-main]') ?? next.querySelector('a, button') ?? next).focus();
  next.scrollIntoView({block: 'nearest'});
}

function search() {
  const input = document.querySelector(SEARCH);
  input?.focus();
  input?.select();
}

const COMMON = {
  '/': {words: 'Search', run: search},
  j: {words: 'Next row', run: () => move(1)},
  k: {words: 'Previous row', run: () => move(-1)},
  '?': {words: 'Keys', run: help},
};

function isTyping(target) {
  return target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;
}

export function start() {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape' && event.target.matches?.(SEARCH)) event.target.blur();
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if (!areOn() && event.key !== '?') return;
    const key = own[event.key] ?? COMMON[event.key];
    if (!key) return;
    event.preventDefault();
    key.run();
  });
}

/** The keys, and a switch for those who speak to their computer or use a screen reader. */
export function help() {
  const rowsOf = keys => Object.entries(keys).map(([key, {words}]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, words)));
  const on = h('input', {type: 'checkbox', checked: areOn(), onchange: () => localStorage.setItem(STORED, on.checked ? 'on' : 'off')});
  const dialog = h('dialog', {class: 'ask', 'aria-labelledby': 'keys-title'},
    h('h2', {id: 'keys-title'}, 'Keys'),
    h('dl', {class: 'keys'}, rowsOf({...COMMON, ...own}), h('div', {}, h('dt', {}, h('kbd', {}, 'Esc')), h('dd', {}, 'Close, leave the search'))),
    h('label', {class: 'check'}, on, 'Keys without a modifier are on'),
    h('div', {class: 'actions'}, h('button', {type: 'button', class: 'main', onclick: () => dialog.close()}, 'Close')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
