// The payment method, and another card in its place.

import {Incomplete, complete, confirm, elementsOf, intentOf, methodOf} from '../register/stripe.js';
import * as api from './api.js';
import {done, doing, show} from './cards.js';
import {actions, button, paragraph} from './dom.js';
import {stripeJs} from './payment.js';
import {wordsOf} from './words.js';

const byId = id => document.getElementById(id);
const words = problem => (problem instanceof Incomplete ? null : wordsOf(problem, 'Your card has not changed.'));

/** {toConfirm, elements} of the form, or null while it is not shown. */
let form = null;

const BRANDS = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

const inWords = name => name.replace(/[-_]+/g, ' ').replace(/^./, first => first.toUpperCase());

/** Such as "Visa ending in 4242". */
function nameOf({type, brand, last4}) {
  const name = BRANDS[brand] ?? inWords(brand ?? type ?? 'card');
  return last4 ? `${name} ending in ${last4}` : name;
}

export function showCard({paymentMethod, subscription, portal}) {
  byId('card').hidden = portal || (!paymentMethod && !subscription);
  form = null;
  byId('card').querySelector('form').hidden = true;
  const {expMonth, expYear} = paymentMethod ?? {};
  show('card',
    paragraph(paymentMethod ? nameOf(paymentMethod) : 'There is no card for your plan.', paymentMethod ? 'strong' : ''),
    expMonth ? paragraph(`Expires ${String(expMonth).padStart(2, '0')}/${expYear}`, 'quiet-text') : null,
    actions(button(paymentMethod ? 'Replace card' : 'Add card', begin)));
}

const begin = () => doing('card', 'Loading the card form', async () => {
  const [{stripe}, clientSecret] = await Promise.all([stripeJs(), api.cardSetup()]);
  const elements = elementsOf(stripe, {clientSecret});
  elements.create('payment').mount('#card-element');
  form = {toConfirm: {clientSecret, intent: 'setup'}, elements};
  show('card');
  byId('card').querySelector('form').hidden = false;
  byId('card-title').focus();
}, words);

/** @param context {reload, show} */
export function watchCardForm(context) {
  const shown = byId('card').querySelector('form');
  shown.addEventListener('submit', event => {
    event.preventDefault();
    void doing('card', 'Storing your card', () => store(context), words);
  });
  shown.querySelector('.keep').addEventListener('click', () => {
    context.show();
    byId('card-title').focus();
  });
}

async function store(context) {
  const {toConfirm, elements} = form;
  const {stripe} = await stripeJs();
  await complete(elements);
  // an attempt whose response was lost may have been confirmed
  let intent = await intentOf(stripe, toConfirm);
  if (intent.status !== 'succeeded') {
    const {error, confirmed} = await confirm(stripe, elements, toConfirm);
    if (error) throw error;
    intent = confirmed;
  }
  await use(intent, context);
}

async function use(intent, context) {
  await api.useCard(intent.id);
  await context.reload();
  done('card', 'This card is used from now on.');
}

/** Continues after the bank's page, to which the setup redirected. @param returned {clientSecret, intent} */
export const cardReturned = (returned, context) => doing('card', 'Storing your card', async () => {
  const {stripe} = await stripeJs();
  const intent = await intentOf(stripe, returned);
  if (intent.status === 'succeeded' && methodOf(intent)) await use(intent, context);
  else throw new NotConfirmed();
}, problem => (problem instanceof NotConfirmed ? 'Your bank did not confirm the card. Your card has not changed.' : words(problem)));

class NotConfirmed extends Error {}
