// What a page shows: one step at a time, its progress, and its errors. The focus moves to each. Each step is a section.

/** The item of the list that each step belongs to. */
const PROGRESS = {loading: 'details', details: 'details', shipping: 'shipping', payment: 'payment', devices: 'payment', message: 'payment'};

const FIELDS = ['email', 'plans', 'quantity'];

const byId = id => document.getElementById(id);
const sectionOf = step => byId(step);

export function show(step, {focus = true} = {}) {
  document.querySelectorAll('main > section').forEach(section => {
    section.hidden = section.id !== step;
  });
  clearProblems();
  const items = [...document.querySelectorAll('#progress li')];
  const current = items.findIndex(item => item.dataset.step === PROGRESS[step]);
  items.forEach((item, place) => {
    item.classList.toggle('over', place < current);
    item.toggleAttribute('aria-current', place === current);
    if (place === current) item.setAttribute('aria-current', 'step');
  });
  if (focus) sectionOf(step).querySelector('h1, h2').focus();
}

export const isShown = step => !sectionOf(step).hidden;

/** Shows the progress message; without one, the page is idle. */
export function showStatus(words) {
  const status = byId('status');
  status.classList.toggle('busy', Boolean(words));
  status.textContent = words ? `${words}…` : '';
}

/** While an action runs, no button can be pressed twice; the focus does not move. */
function setBusy(is) {
  document.querySelectorAll('button').forEach(button => button.setAttribute('aria-disabled', String(is)));
  document.querySelector('main').setAttribute('aria-busy', String(is));
}

let busy = false;

export const isBusy = () => busy;

/** Runs one action at a time; clicks meanwhile are ignored. @param failed receives the problem */
export async function doing(work, failed) {
  if (busy) return;
  busy = true;
  setBusy(true);
  clearProblems();
  try {
    await work();
  } catch (problem) {
    failed(problem);
  } finally {
    busy = false;
    setBusy(false);
    showStatus('');
  }
}

/** {label, go}, or {label, href} of a page. */
function buttonOf(way) {
  if (way.href) return Object.assign(document.createElement('a'), {className: 'button', href: way.href, textContent: way.label});
  const button = Object.assign(document.createElement('button'), {type: 'button', textContent: way.label});
  button.addEventListener('click', way.go);
  return button;
}

/** @param way {label, go} or {label, href}: a button or link beside the message, or null */
export function problem(step, words, way = null) {
  const box = sectionOf(step).querySelector('.problem');
  box.replaceChildren(paragraph(words));
  if (way) box.append(buttonOf(way));
  box.hidden = false;
  box.focus();
}

/** Shows a message that is not an error. No action follows. */
export function message(title, ...words) {
  choice(title, words, []);
}

/** Shows a message that is not an error, with its next actions. @param ways {label, go}, or {label, href} of a page */
export function choice(title, words, ways) {
  byId('message-title').textContent = title;
  const actions = Object.assign(document.createElement('div'), {className: 'actions'});
  actions.append(...ways.map(buttonOf));
  byId('message-words').replaceChildren(...words.map(paragraph), ...(ways.length > 0 ? [actions] : []));
  show('message');
}

/** The same wording with and without an account, so that it does not reveal whether one exists. */
export function linkSent() {
  message('Check your mail',
    'If there is an account with this e-mail address, a link is on its way to it. It is valid for 15 minutes and for one sign-in.',
    'Open it in this browser to continue where you were. You can close this tab.');
}

function paragraph(words) {
  return Object.assign(document.createElement('p'), {textContent: words});
}

function clearProblems() {
  document.querySelectorAll('.problem').forEach(box => {
    box.hidden = true;
    box.replaceChildren();
  });
}

/** Marks invalid fields, {id: message}, and focuses the first; false when there is none. @param fields the ids of all of them */
export function fieldProblems(problems, fields = FIELDS) {
  fields.filter(byId).forEach(id => mark(id, problems[id] ?? ''));
  const first = fields.find(id => id in problems);
  if (first) inputsOf(first)[0]?.focus();
  return Boolean(first);
}

/** Removes a field's error as soon as its value is valid. @param check returns the error message, or nothing */
export function clearsWhenValid(id, check) {
  byId(id).addEventListener('input', () => {
    if (byId(`${id}-problem`).textContent && !check()) mark(id, '');
  });
}

/** @param message empty: the field is valid */
function mark(id, message) {
  byId(`${id}-problem`).textContent = message;
  inputsOf(id).forEach(input => input.setAttribute('aria-invalid', String(message !== '')));
}

function inputsOf(id) {
  const place = byId(id);
  return place.matches('input, select') ? [place] : [...place.querySelectorAll('input, select')];
}

/** Whether devices are delivered, which is a separate step. */
export function showDelivery(is) {
  document.querySelector('#progress [data-step="shipping"]').hidden = !is;
}
