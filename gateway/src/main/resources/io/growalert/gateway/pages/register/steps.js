// What the page shows: one step at a time, what is going on, and what went wrong. Focus follows.

const STEPS = ['loading', 'details', 'payment', 'devices', 'message'];
const PROGRESS = {loading: 0, details: 0, payment: 1, devices: 1, message: 1};

const byId = id => document.getElementById(id);
const sectionOf = step => byId(step);

export function show(step, {focus = true} = {}) {
  STEPS.forEach(each => {
    sectionOf(each).hidden = each !== step;
  });
  clearProblems();
  byId('progress').querySelectorAll('li').forEach((item, place) => {
    item.classList.toggle('over', place < PROGRESS[step]);
    item.toggleAttribute('aria-current', place === PROGRESS[step]);
    if (place === PROGRESS[step]) item.setAttribute('aria-current', 'step');
  });
  if (focus) sectionOf(step).querySelector('h2').focus();
}

export const isShown = step => !sectionOf(step).hidden;

/** Says what is going on; without words, that nothing is. */
export function tell(words) {
  const status = byId('status');
  status.classList.toggle('busy', Boolean(words));
  status.textContent = words ? `${words}…` : '';
}

/** While the page works, nothing can be pressed twice; the focus stays where it is. */
export function setBusy(busy) {
  document.querySelectorAll('button').forEach(button => button.setAttribute('aria-disabled', String(busy)));
  document.querySelector('main').setAttribute('aria-busy', String(busy));
}

/** @param way {label, go}: a button beside the words, or null */
export function problem(step, words, way = null) {
  const box = sectionOf(step).querySelector('.problem');
  box.replaceChildren(paragraph(words));
  if (way) {
    const button = Object.assign(document.createElement('button'), {type: 'button', textContent: way.label});
    button.addEventListener('click', way.go);
    box.append(button);
  }
  box.hidden = false;
  box.focus();
}

/** Says something that is no problem, and after which there is nothing more to be done here. */
export function message(title, ...words) {
  byId('message-title').textContent = title;
  byId('message-words').replaceChildren(...words.map(paragraph));
  show('message');
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

/** Marks fields that are wrong, {id: words}, and leads to the first; false when there is none. */
export function fieldProblems(problems) {
  for (const id of ['email', 'plans', 'quantity']) {
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
