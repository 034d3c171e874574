// The page: its buttons, the steps that they start, and the error message of a failed step.

import {IncompleteAddress} from './address.js';
import * as api from './api.js';
import {AmountChanged} from './devices.js';
import {refuseEmail} from './email.js';
import {Flow} from './flow.js';
import {nameOf, priceOf} from './money.js';
import {takeReturned} from './returned.js';
import * as steps from './steps.js';
import * as store from './store.js';
import {Incomplete} from './stripe.js';
import {OtherPlan} from './subscription.js';
import {wordsFor} from './words.js';

const flow = new Flow(takeReturned());
const {registration} = flow;
const byId = id => document.getElementById(id);

const doing = (step, work) => steps.doing(work, problem => failed(step, problem));

function failed(step, problem) {
  // the field shows the message, and has the focus
  if (problem instanceof Incomplete || problem instanceof IncompleteAddress) return;
  if (problem instanceof OtherPlan) {
    showOtherPlan(problem.subscription);
    return;
  }
  if (problem instanceof AmountChanged) flow.changePrice(problem);
  const {text, way} = wordsFor(problem, registration);
  const at = stepAfter(step);
  if (at === 'details' && problem.field === 'email') refuseEmail();
  else steps.problem(at, text, way && WAYS[way](at));
}

/** The step to continue with: the first that is not known to be paid. */
function stepAfter(step) {
  if (!flow.isLoaded) {
    byId('loading').querySelector('.retry').hidden = false;
    return 'loading';
  }
  if (registration.areDevicesOpen) {
    flow.afterFirstPayment();
    return steps.isShown('shipping') ? 'shipping' : 'devices';
  }
  if (step !== 'loading') return step;
  flow.showOrder();
  return 'details';
}

// ---- next actions ---------------------------------------------------------------------------------------------------

const ACCOUNT = {label: 'Go to my account', href: 'account.html'};

const WAYS = {
  reload: () => ({label: 'Reload the page', go: () => location.reload()}),
  signIn: step => ({label: 'Send me a sign-in link', go: () => doing(step, sendSignInLink)}),
  link: step => ({label: 'Send me a link', go: () => doing(step, sendLink)}),
  account: () => ACCOUNT,
  anew: step => ({label: 'Continue as a new customer', go: () => doing(step, goOnAnew)}),
};

async function sendSignInLink() {
  steps.showStatus('Sending the link');
  await api.signIn(registration.email);
  steps.linkSent();
}

/** The customer's plan and the possible actions: the plan is not replaced by another one. */
function showOtherPlan(subscription) {
  const price = flow.priceIn(subscription);
  const plan = price ? `You have a plan: ${nameOf(price)}, ${priceOf(price)}.` : 'You have a plan that is no longer offered.';
  const devices = {label: 'Order devices for this plan', go: () => doing('details', () => flow.orderDevicesFor(price))};
  const change = {label: 'Change my order', go: () => flow.showOrder()};
  steps.choice('You have a plan already', [`${plan} You were not charged again.`],
    price && registration.quantity > 0 ? [devices, change, ACCOUNT] : [change, ACCOUNT]);
}

async function sendLink() {
  steps.showStatus('Sending the link');
  try {
    await api.renewSession();
    steps.message('Check your mail',
      'A link is on its way to the e-mail address that you registered with. It is valid for 15 minutes.',
      'Open it in this browser to continue where you were. You can close this tab.');
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

// ---- buttons -------------------------------------------------------------------------------------------------------

/** The back button, and the forward one. */
function moved() {
  if (!flow.isLoaded || steps.isBusy()) return;
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
  onSubmit('shipping', () => flow.ship());
  onSubmit('payment', () => flow.alone(() => flow.handleConfirmPayment()));
  onSubmit('devices', () => flow.alone(() => flow.payDevices()));
  onClick('loading', '.retry', start);
  for (const step of ['shipping', 'payment']) onClick(step, '.back', () => steps.isBusy() || history.back());
  for (const step of ['payment', 'devices']) onClick(step, '.change', () => steps.isBusy() || flow.showShipping());
  for (const step of ['shipping', 'devices']) {
    onClick(step, '.skip', () => doing(step, () => flow.alone(() => flow.skipDevices())));
  }
  byId('details').addEventListener('input', () => flow.showSum());
  window.addEventListener('popstate', moved);
  store.onChangeElsewhere(() => flow.isLoaded && !steps.isBusy() && doing('loading', () => flow.follow()));
  start();
}
