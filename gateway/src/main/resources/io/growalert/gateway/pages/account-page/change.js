// Another plan: a preview of what it costs, and the change for exactly that amount.

import {ApiProblem} from '../register/api.js';
import {money, nameOf, priceOf} from '../register/money.js';
import * as api from './api.js';
import {done, doing, show} from './cards.js';
import {actions, button, day, newKey, node, paragraph} from './dom.js';
import {isDeclined, wordsOf, wordsOfFree} from './words.js';

const UNCHANGED = 'Your plan has not changed.';
const words = problem => wordsOf(problem, UNCHANGED);

/** Shows the other plans. @param prices as {@code /config} has them */
export function chooser(account, prices, context) {
  show('plan',
    paragraph('Change to', 'strong'),
    node('ul', {className: 'list'}, ...prices.map(price => node('li', {className: 'line'},
      node('span', {}, node('span', {className: 'strong', textContent: nameOf(price)}), ` ${priceOf(price)}`),
      button('See what changes', () => preview(account, price, context))))),
    actions(button('Keep my plan', () => context.show())));
  focus();
}

/** Such as "Yearly, €190.00 a year": plans may have one name. */
const wholeNameOf = price => `${nameOf(price)}, ${priceOf(price)}`;

const focus = () => document.getElementById('plan-title').focus();

const preview = (account, price, context) => doing('plan', 'Calculating', async () => {
  showPreview(account, price, await api.preview(price.id), context);
  focus();
}, wordsOfFree);

function showPreview(account, price, shown, context) {
  const {amountDue, currency, lines, credit = 0} = shown;
  // one key for this preview: another attempt is not charged again
  const change = {priceId: price.id, prorationDate: shown.prorationDate, key: newKey()};
  show('plan',
    paragraph(`Change to ${wholeNameOf(price)}`, 'strong'),
    node('div', {className: 'sum'},
      node('dl', {},
        ...lines.map(({description, amount}) => line(description, money(amount, currency))),
        line('To pay now', money(amountDue, currency), 'total'),
        credit > 0 ? line('Credit for your next invoices', money(credit, currency)) : null),
      paragraph(thenText(price, shown))),
    actions(
      button(amountDue > 0 ? `Pay ${money(amountDue, currency)} and change` : 'Change my plan',
        () => confirm(account, price, change, context), 'main'),
      button('Keep my plan', () => context.show())));
}

function thenText(price, {currency, credit = 0, nextAmount, nextAt}) {
  const from = nextAt ? ` from ${day(nextAt)}` : '';
  if (typeof nextAmount !== 'number') {
    return `Your next invoice${nextAt ? ` on ${day(nextAt)}` : ''} has discounts or taxes: `
      + 'its amount is shown in your account after the change.';
  }
  // it outlasts the next invoice
  if (credit > 0 && nextAmount === 0) {
    return `The credit pays your invoices${from} until it is used up. After that your plan costs ${priceOf(price)}, until you cancel.`;
  }
  return !nextAt || nextAmount === price.unit_amount
    ? `Then ${priceOf(price)}${from}, until you cancel.`
    : `Then ${money(nextAmount, currency)} on ${day(nextAt)}, and after that ${priceOf(price)}, until you cancel.`;
}

function line(name, amount, className = '') {
  return node('div', {className}, node('dt', {textContent: name}), node('dd', {textContent: amount}));
}

const confirm = (account, price, change, context) => doing('plan', 'Changing your plan', async () => {
  try {
    await context.confirm(await api.change(change));
  } catch (problem) {
    // the next attempt is another one
    if (isDeclined(problem)) change.key = newKey();
    if (!(problem instanceof ApiProblem) || problem.code !== 'amount_changed') throw problem;
    showPreview(account, price, await api.preview(price.id), context);
    throw new AmountMoved();
  }
  const now = await context.reload();
  done('plan', now.subscription?.price?.id === price.id
    ? `Your plan is changed: ${wholeNameOf(price)}.`
    : 'Your change is on its way: it takes effect as soon as the payment is complete.');
}, problem => (problem instanceof AmountMoved
  ? 'The amount has changed since it was shown. You were not charged. Check the new amount.'
  : words(problem)));

class AmountMoved extends Error {}
