// The customer's data: the address, a copy of everything, and the deletion.

import {emailProblems} from '../register/email.js';
import * as steps from '../register/steps.js';
import * as api from './api.js';
import {done, doing, show} from './cards.js';
import {actions, button, node, paragraph} from './dom.js';
import {hasPlan} from './plan.js';
import {pauseText, wordsOfFree} from './words.js';

const byId = id => document.getElementById(id);
const CONFIRMATION = 'delete';

/** @param context {erased}: called when the account is deleted */
export function showPersonal(account, context) {
  byId('address').textContent = account.customer.email;
  show('personal', actions(
    button('Change e-mail address', () => askAddress(account, context)),
    button('Download my data', download),
    button('Delete my account', () => askToErase(account, context), 'danger')));
}

function keep(account, context) {
  showPersonal(account, context);
  byId('personal-title').focus();
}

function field(id, label, properties, help) {
  const input = node('input', {id, ...properties, 'aria-describedby': `${id}-help ${id}-problem`});
  return node('div', {className: 'field'},
    node('label', {htmlFor: id, textContent: label}),
    input,
    node('p', {id: `${id}-help`, className: 'help', textContent: help}),
    node('p', {id: `${id}-problem`, className: 'field-problem'}));
}

/**
 * @param check returns the error message of the value, or nothing
 * @param send does the work with the value, while {@code status} is shown
 * @param refused returns the error message of the value that the server rejected, or nothing
 */
function showForm({id, label, properties, help, title, texts, submit, submitClass, check, status, send, refused = () => ''}, account, context) {
  const form = node('form', {noValidate: true},
    node('h3', {textContent: title, tabIndex: -1}),
    ...texts.map(text => paragraph(text)),
    field(id, label, properties, help),
    actions(
      node('button', {type: 'submit', className: submitClass, textContent: submit}),
      button('Leave it as it is', () => keep(account, context))));
  show('personal', form);
  const value = () => byId(id).value.trim();
  const problems = () => (check(value()) ? {[id]: check(value())} : {});
  steps.clearsWhenValid(id, () => problems()[id]);
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (!steps.fieldProblems(problems(), [id])) void doing('personal', status, () => send(value()), failed);
  });
  function failed(problem) {
    const message = refused(problem);
    if (!message) return wordsOfFree(problem);
    steps.fieldProblems({[id]: message}, [id]);
    return null;
  }
  form.querySelector('h3').focus();
}

const askAddress = (account, context) => showForm({
  id: 'new-email',
  label: 'New e-mail address',
  properties: {type: 'email', autocomplete: 'email', inputMode: 'email', spellcheck: false, maxLength: 254, required: true},
  help: 'We send a link to it. Your account has the old address until you open that link.',
  title: 'Change e-mail address',
  texts: [],
  submit: 'Send me a link',
  submitClass: 'main',
  check: email => emailProblems(email).email,
  refused: ({field}) => (field === 'email' ? emailProblems('').email : ''),
  status: 'Sending the link',
  send: async email => {
    await api.changeEmail(email);
    showPersonal(account, context);
    done('personal', `If no other account has the address ${email}, a link is on its way to it. Open it to confirm the new address.`);
  },
}, account, context);

const download = () => doing('personal', 'Collecting your data', async () => {
  const data = new Blob([JSON.stringify(await api.exported(), null, 2)], {type: 'application/json'});
  const link = node('a', {href: URL.createObjectURL(data), download: 'my-data.json'});
  link.click();
  // not before the browser has read it
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  done('personal', 'Your data is in the file my-data.json.');
});

const askToErase = (account, context) => showForm({
  id: 'confirmation',
  label: `Type "${CONFIRMATION}" to confirm`,
  properties: {type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false, required: true},
  help: 'This cannot be undone.',
  title: 'Delete my account',
  texts: [
    ...(hasPlan(account) ? [`Your plan ends at once, without a refund. ${pauseText(account.pauseGraceSeconds)}`.trim()] : []),
    'We delete your data, except what the law obliges us to keep, such as invoices.',
  ],
  submit: 'Delete my account',
  submitClass: 'danger',
  check: text => (text.toLowerCase() === CONFIRMATION ? undefined : `Type the word ${CONFIRMATION}.`),
  status: 'Deleting your account',
  send: async () => {
    await api.erase();
    context.erased();
  },
}, account, context);
