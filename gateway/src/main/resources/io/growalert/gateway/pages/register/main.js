// The page: what is pressed and where it leads, one thing at a time, and what is said when it fails.

import * as api from './api.js';
import {Flow} from './flow.js';
import {refuseEmail} from './order.js';
import {takeReturned} from './returned.js';
import * as steps from './steps.js';
import * as store from './store.js';
import {wordsFor} from './words.js';

const flow = new Flow(takeReturned());
const {registration} = flow;
const byId = id => document.getElementById(id);
let busy = false;

/** What is pressed meanwhile is not heard. */
async function doing(step, work) {
  if (busy) return;
  busy = true;
  steps.setBusy(true);
  steps.clearProblems();
  try {
    await work();
  } catch (problem) {
    failed(step, problem);
  } finally {
    busy = false;
    steps.setBusy(false);
    steps.tell('');
  }
}

function failed(step, problem) {
  const {text, way} = wordsFor(problem, registration);
  const at = stepAfter(step);
  if (at === 'details' && problem.field === 'email') refuseEmail();
  else steps.problem(at, text, way && WAYS[way](at));
}

/** Where the customer goes on: with what is not paid yet, as far as it is known. */
function stepAfter(step) {
  if (!flow.isLoaded) {
    byId('loading').querySelector('.retry').hidden = false;
    return 'loading';
  }
  if (registration.areDevicesOpen) {
    flow.afterFirstPayment();
    return 'devices';
  }
  if (step !== 'loading') return step;
  flow.showOrder();
  return 'details';
}

// ---- ways forward ---------------------------------------------------------------------------------------------------

const WAYS = {
  reload: () => ({label: 'Reload the page', go: () => location.reload()}),
  link: step => ({label: 'Send me a link', go: () => doing(step, sendLink)}),
  anew: step => ({label: 'Go on as a new customer', go: () => doing(step, goOnAnew)}),
};

async function sendLink() {
  steps.tell('Sending the link');
  try {
    await api.renewSession();
    steps.message('Look in your mail',
      'A link is on its way to the e-mail address that you registered with. It is good for 15 minutes.',
      'Open it in this browser to go on where you were. You can close this tab.');
  } catch (problem) {
    // it was renewed in another tab
    if (problem.code !== 'session_not_expired') throw problem;
    await flow.alone(() => flow.goOn());
  }
}

async function goOnAnew() {
  registration.beginAnew();
  await flow.alone(() => flow.goOn());
}

// ---- what is pressed ------------------------------------------------------------------------------------------------

/** The back button, and the forward one. */
function moved() {
  if (!flow.isLoaded || busy) return;
  if (registration.isPaid) void doing('loading', () => flow.alone(() => flow.afterFirstPayment()));
  else if (location.hash === '#payment' && registration.subscription) void doing('details', () => flow.alone(() => flow.goOn()));
  else flow.showOrder();
}

function onSubmit(step, work) {
  byId(step).querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    void doing(step, work);
  });
}

const onClick = (step, name, work) => byId(step).querySelector(name).addEventListener('click', work);

function start() {
  byId('loading').querySelector('.retry').hidden = true;
  void doing('loading', () => flow.load());
}

if (store.bought()) {
  location.replace('success.html');
} else {
  onSubmit('details', () => flow.order());
  onSubmit('payment', () => flow.alone(() => flow.handleConfirmPayment()));
  onSubmit('devices', () => flow.alone(() => flow.payDevices()));
  onClick('loading', '.retry', start);
  onClick('payment', '.back', () => busy || history.back());
  onClick('devices', '.skip', () => doing('devices', () => flow.alone(() => flow.skipDevices())));
  byId('details').addEventListener('input', () => flow.showSum());
  window.addEventListener('popstate', moved);
  store.onChangeElsewhere(() => flow.isLoaded && !busy && doing('loading', () => flow.follow()));
  start();
}
