// The delivery address, and the two payment steps: one with the card for the whole order, and one for devices that are not paid yet.

import {addressForm, addressLines} from './address.js';
import {showSum} from './money.js';
import * as steps from './steps.js';
import {elementsOf} from './stripe.js';

const byId = id => document.getElementById(id);

/** {toConfirm, elements} of the card form for the first payment. */
let form = null;
let cardForDevices = null;

export const formShown = () => form;

export const cardOfDevices = () => cardForDevices;

let address = null;

/** @param isStripes whether Stripe.js is Stripe's own, which has a form for addresses */
export function showShipping(stripe, isStripes, {shipping, isPaid}) {
  address = addressForm(byId('shipping-address'), {stripe: isStripes ? stripe : null, elementsOf, known: shipping});
  byId('shipping').querySelector('.back').hidden = isPaid;
  byId('shipping').querySelector('.skip').hidden = !isPaid;
  steps.showDelivery(true);
  steps.show('shipping');
}

export const readAddress = () => address.read();

function showPlace(step, shipping) {
  const place = byId(`${step}-place`);
  place.hidden = !shipping;
  place.querySelector('p').textContent = shipping ? addressLines(shipping).join(', ') : '';
}

export function showPayment(stripe, toConfirm, order) {
  if (form?.toConfirm.clientSecret !== toConfirm.clientSecret || form.toConfirm.amount !== toConfirm.amount) {
    const elements = elementsOf(stripe, {clientSecret: toConfirm.clientSecret});
    elements.create('payment').mount('#payment-element');
    form = {toConfirm, elements};
  }
  const isSetup = toConfirm.intent === 'setup';
  const total = showSum(byId('payment-sum'),
    {...order, trialDays: isSetup ? order.trialDays : 0, due: isSetup ? null : toConfirm});
  byId('payment').querySelector('.main').textContent = nameOf(toConfirm, order, total);
  showPlace('payment', order.quantity > 0 ? order.shipping : null);
  steps.showDelivery(order.quantity > 0);
  steps.show('payment');
}

function nameOf({intent}, {quantity}, total) {
  if (intent === 'setup' && quantity === 0) return 'Start my free trial';
  return total ? `Pay ${total}` : 'Pay';
}

function stateOf({isExisting, paid}) {
  if (isExisting) return 'You have this plan already. You are not charged for it again.';
  if (paid.processing) {
    return 'The payment for your plan is on its way: your bank has not finished it yet. Do not pay it again.';
  }
  return paid.intent === 'setup'
    ? 'Your card is set up, and your free trial has begun.'
    : 'Your plan is paid. You will not be charged for it again.';
}

export function showDevices(stripe, registration, order) {
  const {device} = order;
  const quantity = registration.order?.quantity ?? registration.quantity;
  const isOpen = registration.order === null;
  const needsCard = isOpen && registration.paymentMethod === null;
  if (needsCard && !cardForDevices) {
    cardForDevices = elementsOf(stripe, {
      mode: 'payment',
      amount: quantity * device.unitAmount,
      currency: device.currency,
      paymentMethodCreation: 'manual',
      paymentMethodTypes: ['card'],
    });
    cardForDevices.create('payment').mount('#devices-element');
  }
  byId('devices-state').textContent = stateOf(registration);
  byId('devices-element').hidden = !needsCard;
  byId('devices-title').textContent = isOpen && !registration.isExisting ? 'Your devices are not paid yet' : 'Your devices';
  byId('devices-unclear').hidden = isOpen;
  // not while it is unknown whether they were paid
  byId('devices').querySelector('.skip').hidden = !isOpen || !(registration.isRefused || registration.isExisting);
  showPlace('devices', registration.order ? null : order.shipping);
  steps.showDelivery(true);
  const total = showSum(byId('devices-sum'), {...order, quantity, only: 'devices'});
  byId('devices').querySelector('.main').textContent = isOpen ? `Pay ${total}` : 'Try again';
  if (location.hash !== '#payment') history.pushState(null, '', '#payment');
  steps.show('devices');
}
