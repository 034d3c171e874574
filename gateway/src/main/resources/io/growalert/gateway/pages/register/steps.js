// What a page shows: one step at a time, its progress, and its errors. The focus moves to each. Each step is a section.

const PROGRESS = {loading: 0, details: 0, payment: 1, devices: 1, message: 1};

const FIELDS = ['email', 'plans', 'quantity'];

const byId = id => document.getElementById(id);
const sectionOf = step => byId(step);

export function show(step, {focus = true} = {}) {
  document.querySelectorAll('main > section').forEach(section => {
    section.hidden = section.id !== step;
  });
  clearProblems();
  document.querySelectorAll('#progress li').forEach((item, place) => {
    item.classList.toggle('over', place < PROGRESS[step]);
    item.toggleAttribute('aria-current', place === PROGRESS[step]);
    if (place === PROGRESS[step]) item.setAttribute('aria-current', 'step');
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

/** {label, go} */
function buttonOf(way) {
  const button = Object.assign(document.createElement('button'), {type: 'button', textContent: way.label});
  button.addEventListener('click', way.go);
  return button;
}

/** @param way {label, go}: a button beside the message, or null */
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

/** Shows a message that is not an error, with its next actions. @param ways {label, go}, a button each */
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

export function clearProblems() {
  document.querySelectorAll('.problem').forEach(box => {
    box.hidden = true;
    box.replaceChildren();
  });
}

/** Marks invalid fields, {id: message}, and focuses the first; false when there is none. */
export function fieldProblems(problems) {
  for (const id of FIELDS.filter(byId)) {
    byId(`${id}-problem`).textContent = problems[id] ?? '';
    inputsOf(id).forEach(input => input.setAttribute('aria-invalid', String(id in problems)));
  }
  const first = Object.keys(problems)[0];
  if (first) inputsOf(first)[0]?.focus();
  return Boolean(first);
}

function inputsOf(id) {
  const place = byId(id);
  return place.matches('input') ? [place] : [...place.querySelectorAll('input')];
}
