// Orders of devices: what is shipped, and where to.

import {IncompleteAddress, addressForm, addressLines} from '../register/address.js';
import {devicesOf, money} from '../register/money.js';
import {elementsOf} from '../register/stripe.js';
import * as api from './api.js';
import {done, doing, show} from './cards.js';
import {actions, button, day, node, outside, paragraph} from './dom.js';
import {stripeJs} from './payment.js';
import {wordsOf} from './words.js';

const byId = id => document.getElementById(id);

const STATES = {
  address_missing: ['Address needed', 'warn'],
  open: ['In preparation', 'positive'],
  shipped: ['Shipped', 'positive'],
  unknown: ['Paid', 'quiet'],
  refunded: ['Refunded', 'quiet'],
  canceled: ['Canceled', 'quiet'],
  none: ['Not paid', 'quiet'],
};

/** @param orders as {@code GET /orders} has them; context {reload} loads them again */
export function showOrders(orders, context) {
  byId('orders').hidden = orders.length === 0;
  show('orders', ...orders.map(order => orderNode(order, context)));
}

function orderNode(order, context) {
  const {id, quantity, amount, currency, refundedAmount, disputed, createdAt, shippingState, shipping} = order;
  const [badge, kind] = STATES[shippingState] ?? [shippingState, 'quiet'];
  const place = node('div', {id: `order-${id}`});
  const canShip = shippingState === 'address_missing' || shippingState === 'open';
  place.append(...[
    node('div', {className: 'line'},
      paragraph(`${devicesOf(quantity)}, ${money(amount, currency)}`, 'strong'),
      node('span', {className: `badge ${kind}`, textContent: badge})),
    paragraph(`Ordered on ${day(createdAt)}`, 'quiet-text'),
    refundedAmount > 0 ? paragraph(`Refunded: ${money(refundedAmount, currency)}`) : null,
    disputed ? paragraph('Your bank disputes this payment.', 'box warn') : null,
    shippedText(order),
    shipping ? paragraph(`${shippingState === 'shipped' ? 'Sent to' : 'Goes to'} ${addressLines(shipping).join(', ')}`) : null,
    shippingState === 'address_missing'
      ? paragraph(`Tell us where to send ${quantity === 1 ? 'it' : 'them'}: we ship as soon as we have your address.`, 'box warn')
      : null,
    canShip ? actions(askButton(order, place, context)) : null,
  ].filter(Boolean));
  return node('li', {}, place);
}

const askButton = (order, place, context) => (order.shipping
  ? button('Change the address', () => ask(order, place, context))
  : button('Add the address', () => ask(order, place, context), 'main'));

function shippedText({shippingState, shippedAt, tracking}) {
  if (shippingState !== 'shipped') return null;
  const text = shippedAt ? `Shipped on ${day(shippedAt)}.` : 'Shipped.';
  const link = outside('Track it', tracking);
  if (link) return node('p', {}, `${text} `, link);
  return paragraph(tracking ? `${text} Tracking number: ${tracking}` : text);
}

const ask = (order, place, context) => doing('orders', 'Loading the form', async () => {
  const {stripe, isStripes} = await stripeJs();
  const fields = node('div', {id: `address-${order.id}`, className: 'element'});
  const form = node('form', {noValidate: true},
    node('h3', {textContent: 'Delivery address', tabIndex: -1}),
    fields,
    actions(
      node('button', {type: 'submit', className: 'main', textContent: 'Send it there'}),
      button('Leave it as it is', () => leave(context))));
  place.replaceChildren(form);
  const address = addressForm(fields, {stripe: isStripes ? stripe : null, elementsOf, known: order.shipping ?? null});
  form.addEventListener('submit', event => {
    event.preventDefault();
    void doing('orders', 'Storing the address', () => ship(order, address, context),
      problem => (problem instanceof IncompleteAddress ? null : wordsOf(problem)));
  });
  form.querySelector('h3').focus();
}, wordsOf);

function leave(context) {
  context.show();
  byId('orders-title').focus();
}

async function ship(order, address, context) {
  await api.shipTo(order.id, await address.read());
  await context.reload();
  done('orders', 'Thank you. Your order goes to this address.');
}
