// The registration: an order, its payment, and the success page. Each step goes on where it was left.

import * as api from './api.js';
import {showBanner} from './banner.js';
import {devicesOf, money, nameOf, priceOf, showSum} from './money.js';
import {AlreadySubscribed, handleConfirmPayment, payForDevices, prepare} from './payment.js';
import {Registration} from './registration.js';
import {CardProblem, loadStripe} from './stripe.js';
import * as steps from './steps.js';
import {wordsFor} from './words.js';

const byId = id => document.getElementById(id);
const registration = Registration.restored();

let config;
let stripe;
/** {clientSecret, elements} of the payment form on the page. */
let form = null;
let cardForDevices = null;
let busy = false;

/** One thing at a time: what is pressed meanwhile is not heard. */
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
  // the first payment is over: what is left is a step of its own
  const at = registration.areDevicesOpen && step === 'payment' ? 'devices' : step;
  if (at === 'devices') showDevices();
  if (problem instanceof api.ApiProblem && problem.field === 'email') {
    steps.fieldProblems({email: 'Enter an e-mail address, such as name@example.com.'});
    return;
  }
  steps.problem(at, wordsFor(problem));
}

// ---- the order ------------------------------------------------------------------------------------------------------

const chosenPrice = () => config.prices.find(price => price.id === registration.priceId);

function order() {
  return {...config, price: chosenPrice(), quantity: registration.quantity};
}

function showPlans() {
  byId('plans').querySelector('.choices').replaceChildren(...config.prices.map((price, place) => {
    const label = document.createElement('label');
    label.className = 'choice';
    const input = Object.assign(document.createElement('input'), {type: 'radio', name: 'plan', value: price.id});
    input.checked = price.id === registration.priceId || (!chosenPrice() && place === 0);
    input.setAttribute('aria-describedby', 'plans-problem');
    const name = Object.assign(document.createElement('span'), {className: 'name', textContent: nameOf(price)});
    const amount = Object.assign(document.createElement('span'), {textContent: priceOf(price)});
    const what = Object.assign(document.createElement('span'), {className: 'what'});
    what.append(name, ' ', amount);
    label.append(input, what);
    return label;
  }));
}

function showDetails(options) {
  const {device} = config;
  byId('email').value ||= registration.email;
  byId('quantity').max = device.maxQuantity;
  byId('quantity-help').textContent =
    `${money(device.unitAmount, device.currency)} each, paid once. 0 to ${device.maxQuantity}; 0 if you have devices already.`;
  showPlans();
  byId('quantity').value = String(registration.quantity);
  showDetailsSum();
  steps.show('details', options);
}

function typed() {
  return {
    email: byId('email').value.trim(),
    priceId: document.querySelector('input[name="plan"]:checked')?.value,
    quantity: Number(byId('quantity').value || NaN),
  };
}

const isQuantity = quantity => Number.isInteger(quantity) && quantity >= 0 && quantity <= config.device.maxQuantity;

function showDetailsSum() {
  const {priceId, quantity} = typed();
  const price = config.prices.find(each => each.id === priceId);
  showSum(byId('details-sum'), {...config, price, quantity: isQuantity(quantity) ? quantity : 0});
}

function wrongFields({email, priceId, quantity}) {
  const problems = {};
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) problems.email = 'Enter an e-mail address, such as name@example.com.';
  if (!priceId) problems.plans = 'Choose a plan.';
  if (!isQuantity(quantity)) problems.quantity = `Enter a whole number from 0 to ${config.device.maxQuantity}.`;
  return problems;
}

async function toPayment() {
  const {email, priceId, quantity} = typed();
  if (steps.fieldProblems(wrongFields({email, priceId, quantity}))) return;
  registration.choose(email, priceId, quantity);
  await goOn();
  if (!byId('payment').hidden && location.hash !== '#payment') history.pushState(null, '', '#payment');
}

// ---- the payments ---------------------------------------------------------------------------------------------------

/** To whatever is to be done next, which the server and Stripe know best. */
async function goOn() {
  steps.tell('Preparing your payment');
  const clientSecret = await prepare(registration, stripe);
  if (clientSecret !== null) {
    showPayment(clientSecret);
  } else {
    await afterFirstPayment();
  }
}

function showPayment(clientSecret) {
  if (form?.clientSecret !== clientSecret) {
    const elements = stripe.elements({clientSecret});
    elements.create('payment').mount('#payment-element');
    form = {clientSecret, elements};
  }
  const total = showSum(byId('payment-sum'), order());
  byId('payment').querySelector('.main').textContent = total ? `Pay ${total}` : 'Pay';
  steps.show('payment');
}

async function pay() {
  await handleConfirmPayment({registration, stripe, ...form, tell: steps.tell});
  finish();
}

async function afterFirstPayment() {
  if (registration.areDevicesOpen) {
    showDevices();
  } else {
    finish();
  }
}

function showDevices() {
  const {device} = config;
  const quantity = registration.order?.quantity ?? registration.quantity;
  const needsCard = registration.order === null && registration.paymentMethod === null;
  if (needsCard && !cardForDevices) {
    cardForDevices = stripe.elements({
      mode: 'payment',
      amount: quantity * device.unitAmount,
      currency: device.currency,
      paymentMethodCreation: 'manual',
      paymentMethodTypes: ['card'],
    });
    cardForDevices.create('payment').mount('#devices-element');
  }
  byId('devices-element').hidden = !needsCard;
  byId('devices-title').textContent = registration.order ? 'Your devices' : 'Your devices are not paid yet';
  byId('devices-unclear').hidden = registration.order === null;
  // not while it is unknown whether they were paid
  byId('devices').querySelector('.skip').hidden = !(needsCard && registration.isRefused);
  byId('devices').querySelector('.main').textContent =
    registration.order ? 'Try again' : `Pay for ${devicesOf(quantity)}`;
  showSum(byId('devices-sum'), {...order(), quantity, only: 'devices'});
  if (location.hash !== '#payment') history.pushState(null, '', '#payment');
  steps.show('devices');
}

async function payDevices() {
  await payForDevices({registration, stripe, elements: cardForDevices, tell: steps.tell});
  finish();
}

function finish() {
  registration.finish(chosenPrice(), {...config.device, trialDays: config.trialDays});
  location.replace('success.html');
}

// ---- the page -------------------------------------------------------------------------------------------------------

async function load() {
  steps.tell('Loading');
  byId('loading').querySelector('.retry').hidden = true;
  try {
    const [page, customers] = await Promise.all([api.pageConfig(), api.config()]);
    showBanner(page);
    config = customers;
    stripe = await loadStripe(page.stripeJs, customers.publishableKey);
    if (registration.subscription) {
      await goOn();
      return;
    }
    history.replaceState(null, '', location.pathname);
    showDetails({focus: false});
  } catch (problem) {
    byId('loading').querySelector('.retry').hidden = false;
    throw problem;
  }
}

/** The back button, and the forward one. */
function moved() {
  if (!config || busy) return;
  if (registration.isPaid) {
    void doing('loading', afterFirstPayment);
  } else if (location.hash === '#payment' && registration.subscription) {
    void doing('details', goOn);
  } else {
    showDetails();
  }
}

function onSubmit(step, work) {
  byId(step).querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    void doing(step, work);
  });
}

function onClick(step, name, work) {
  byId(step).querySelector(name).addEventListener('click', () => void work());
}

if (registration.bought) {
  location.replace('success.html');
} else {
  onSubmit('details', toPayment);
  onSubmit('payment', pay);
  onSubmit('devices', payDevices);
  onClick('loading', '.retry', () => doing('loading', load));
  onClick('payment', '.back', () => {
    if (!busy) history.back();
  });
  onClick('devices', '.skip', () => doing('devices', () => {
    registration.devicesAre('skipped');
    finish();
  }));
  byId('details').addEventListener('input', () => config && showDetailsSum());
  window.addEventListener('popstate', moved);
  void doing('loading', load);
}
