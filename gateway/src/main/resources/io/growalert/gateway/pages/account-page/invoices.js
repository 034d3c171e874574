// Invoices and receipts, the newest first, a page at a time; and an invoice that is not paid.

import {money} from '../register/money.js';
import * as api from './api.js';
import {contentOf, done, doing, show} from './cards.js';
import {actions, button, day, newKey, node, outside, paragraph} from './dom.js';
import {isDeclined, wordsOf} from './words.js';

const byId = id => document.getElementById(id);

const STATES = {paid: 'Paid', open: 'Not paid', draft: 'In preparation', void: 'Canceled', uncollectible: 'Not paid'};

let next = null;

/** @param page as {@code GET /invoices} has it */
export function showInvoices(page) {
  show('invoices');
  append(page);
  if (contentOf('invoices').childElementCount === 0) show('invoices', node('li', {textContent: 'There are none yet.'}));
}

function append({invoices, receipts, next: cursor}) {
  const entries = [
    ...invoices.map(invoice => ({at: invoice.createdAt, shown: invoiceNode(invoice)})),
    ...receipts.map(receipt => ({at: receipt.createdAt, shown: receiptNode(receipt)})),
  ].sort((one, other) => (one.at < other.at ? 1 : -1));
  contentOf('invoices').append(...entries.map(({shown}) => shown));
  next = cursor ?? null;
  byId('invoices').querySelector('.more').hidden = next === null;
}

function invoiceNode({number, status, total, currency, createdAt, hostedUrl, pdfUrl}) {
  const name = number ?? `of ${day(createdAt)}`;
  return entry(createdAt, `Invoice ${number ?? ''}`.trim(), money(total, currency), STATES[status] ?? status, [
    outside('View', hostedUrl, `invoice ${name}`),
    outside('PDF', pdfUrl, `of invoice ${name}`),
  ]);
}

function receiptNode({amount, currency, createdAt, url}) {
  return entry(createdAt, 'Payment', money(amount, currency), 'Paid', [outside('Receipt', url, `of ${day(createdAt)}`)]);
}

function entry(at, what, amount, state, links) {
  return node('li', {className: 'entry'},
    node('span', {}, node('span', {className: 'strong', textContent: what}), node('span', {className: 'quiet-text', textContent: day(at)})),
    node('span', {className: 'figures'}, node('span', {textContent: amount}), node('span', {className: 'quiet-text', textContent: state})),
    node('span', {className: 'links'}, ...links));
}

export function watchInvoices() {
  byId('invoices').querySelector('.more').addEventListener('click', () => doing('invoices', 'Loading', async () => {
    const before = contentOf('invoices').childElementCount;
    append(await api.invoices(next));
    contentOf('invoices').children[before]?.querySelector('a')?.focus();
  }));
}

// ---- an open invoice -------------------------------------------------------------------------------------------------

/** One key for each invoice: another attempt is not charged again. */
const keys = new Map();

function keyOf({id}) {
  if (!keys.has(id)) keys.set(id, newKey());
  return keys.get(id);
}

/** The ids of invoices whose payment is on its way: until the page is loaded again, no other attempt is offered. */
const underWay = new Set();

/** @param context {reload, confirm} */
export function showDue({openInvoice, paymentMethod, portal}, context) {
  byId('due').hidden = !openInvoice;
  if (!openInvoice) return;
  const {number, amount, currency, hostedUrl} = openInvoice;
  const due = money(amount, currency);
  if (underWay.has(openInvoice.id)) {
    show('due', paragraph(`The payment of ${due} for ${number ? `invoice ${number}` : 'this invoice'} is not finished yet.`));
    return;
  }
  const elsewhere = outside("Pay on Stripe's page", hostedUrl);
  if (elsewhere) elsewhere.className = 'button';
  show('due',
    paragraph(`${number ? `Invoice ${number}` : 'An invoice'} of ${due} is not paid. `
      + (paymentMethod && !portal ? 'You can pay it with your card, or replace the card first.' : 'Pay it to keep your plan.')),
    actions(
      paymentMethod ? button(`Pay ${due}`, () => pay(openInvoice, context), 'main') : null,
      elsewhere));
}

const pay = (invoice, context) => doing('due', 'Paying the invoice', async () => {
  try {
    await context.confirm(await api.payInvoice(invoice.id, keyOf(invoice)));
    underWay.add(invoice.id);
  } catch (problem) {
    // the next attempt is another one
    if (isDeclined(problem)) keys.delete(invoice.id);
    throw problem;
  }
  const {openInvoice} = await context.reload();
  if (openInvoice?.id === invoice.id) {
    done('due', 'Your payment is on its way. Do not pay again. Reload this page later to see its state.');
  } else {
    done('plan', 'Thank you. The invoice is paid.');
  }
}, problem => wordsOf(problem, 'The invoice is still open.'));
