// A form in a dialog. It stays open, with what was typed, until its change was accepted.

import {h, setText} from '../dom.js';
import {sentence} from '../words.js';

let ids = 0;

/**
 * Shows a form and sends it.
 *
 * @param content elements of the form
 * @param submit (FormData) => a promise of the change; when it fails, the dialog shows why and stays
 * @returns a promise of what `submit` returned, or undefined when the operator closed the dialog
 */
export function ask({heading, content, action, submit, isDangerous = false}) {
  const id = `dialog-${++ids}`;
  const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
  const send = h('button', {type: 'submit', class: isDangerous ? 'main danger' : 'main'}, action);
  const cancel = h('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel');
  const form = h('form', {method: 'dialog', novalidate: true}, h('h2', {id}, heading), content, problem,
    h('div', {class: 'actions'}, send, cancel));
  const dialog = h('dialog', {'aria-labelledby': id, class: 'ask'}, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => {
    let result;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (send.getAttribute('aria-disabled') === 'true') return;
      problem.hidden = true;
      send.setAttribute('aria-disabled', 'true');
      try {
        result = await submit(new FormData(form)) ?? true;
        dialog.close();
      } catch (e) {
        show(form, problem, e);
      } finally {
        send.setAttribute('aria-disabled', 'false');
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(result);
    });
  });
}

/** Discards what was typed: the forms of one operator are not for the next. */
export function discardForms() {
  for (const dialog of document.querySelectorAll('dialog.ask')) dialog.close();
}

/** An input that is not accepted. */
export class Refused extends Error {
  /** @param field the name of the input */
  constructor(field, words) {
    super(words);
    this.field = field;
    this.words = words;
  }
}

function show(form, problem, e) {
  if (!(e instanceof Refused) && e.name !== 'Problem') reportError(e);
  setText(problem, e.words ?? (e.name === 'Problem' ? sentence(e) : 'This failed. Reload the page and try again.'));
  problem.hidden = false;
  const field = e.field && form.elements.namedItem(String(e.field).replace(/\[.*/, ''));
  for (const invalid of form.querySelectorAll('[aria-invalid]')) invalid.removeAttribute('aria-invalid');
  if (field instanceof HTMLElement) {
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  }
}

/** A labelled input with a hint. */
export function field(label, input, hint) {
  const id = `field-${++ids}`;
  input.id = id;
  if (hint) input.setAttribute('aria-describedby', `${id}-hint`);
  return h('div', {class: 'field'}, h('label', {for: id}, label), input, hint && h('p', {class: 'hint', id: `${id}-hint`}, hint));
}
