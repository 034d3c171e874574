// The sign-in, over the page that was shown: what was typed there stays.

import * as api from '../api.js';
import {h, setText} from '../dom.js';
import * as session from '../session.js';
import {sentence, several} from '../words.js';

/** Of a sign-in at the OIDC provider. */
const REASONS = {
  no_role: 'No group of your account has a role here.',
  unavailable: 'The provider of your account is unavailable.',
};

let dialog = null;

/**
 * Shows the form for an operator token until there is a session.
 *
 * @param again whether a session ended
 */
export function signIn({again}) {
  if (dialog) return;
  const words = h('p', {class: 'hint'}, again
    ? 'Your session ended. What you typed is still here after you sign in.'
    : 'With the token of an operator.');
  const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
  const token = h('input', {type: 'password', name: 'token', id: 'token', required: true, autocomplete: 'current-password',
    autocapitalize: 'off', spellcheck: false, 'aria-describedby': 'token-problem'});
  problem.id = 'token-problem';
  const button = h('button', {type: 'submit', class: 'main'}, 'Sign in');
  const form = h('form', {method: 'dialog', novalidate: true},
    h('p', {class: 'brand'}, h('span', {}, 'Grow', h('b', {}, 'Alert'))),
    h('h1', {id: 'sign-in-title'}, 'Sign in'), words,
    h('div', {class: 'field'}, h('label', {for: 'token'}, 'Operator token'), token), problem, h('div', {class: 'actions'}, button));
  dialog = h('dialog', {class: again ? 'sign-in' : 'sign-in first', closedby: 'none', 'aria-labelledby': 'sign-in-title'}, form);
  form.addEventListener('submit', event => {
    event.preventDefault();
    void send(token, button, problem);
  });
  dialog.addEventListener('cancel', event => event.preventDefault());
  dialog.addEventListener('close', () => session.who() || dialog?.showModal());
  document.body.append(dialog);
  dialog.showModal();
  const reason = takeReason();
  if (reason) {
    setText(problem, REASONS[reason] ?? 'The sign-in with your account was refused.');
    problem.hidden = false;
  }
  void offerProvider(form, again);
}

/** Why a sign-in at the OIDC provider failed; once. */
function takeReason() {
  const url = new URL(location.href);
  const reason = url.searchParams.get('sign-in');
  if (reason === null) return null;
  url.searchParams.delete('sign-in');
  history.replaceState(null, '', url);
  return reason;
}

/** The sign-in at the OIDC provider, where there is one. In a new tab when this one has something typed. */
async function offerProvider(form, again) {
  const {data} = await api.get('/page-config').catch(() => ({data: {}}));
  if (!data.oidc) return;
  form.append(h('p', {class: 'or quiet'}, 'or'), h('a', {class: 'button', target: again ? '_blank' : null,
    href: api.address('/session/oidc', {to: location.pathname + location.search})}, 'Sign in with your account'));
}

async function send(token, button, problem) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  problem.hidden = true;
  token.removeAttribute('aria-invalid');
  try {
    if (!token.value) throw Object.assign(new Error(), {words: 'Enter the token.'});
    await session.signIn(token.value);
  } catch (e) {
    setText(problem, e.words ?? wordsOf(e));
    problem.hidden = false;
    token.setAttribute('aria-invalid', 'true');
    token.focus();
    token.select();
  } finally {
    button.setAttribute('aria-disabled', 'false');
  }
}

function wordsOf(problem) {
  if (problem.status === 401) return 'This is not the token of an operator.';
  if (problem.status === 429) return `Too many attempts. Try again in ${several(problem.retryAfter || 60, 'second')}.`;
  return sentence(problem);
}

session.onChange(who => {
  if (!who || !dialog) return;
  const before = dialog;
  dialog = null;
  before.close();
  before.remove();
});
