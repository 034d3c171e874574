// The client of the account's endpoints. Each failure becomes an ApiProblem.

import {call} from '../register/api.js';

const json = async answer => (await answer).json;

export const account = () => json(call('GET', '/account'));

/** {invoices, receipts, next}. @param cursor the {@code next} of the page before, or null */
export const invoices = cursor => json(call('GET', cursor ? `/invoices?cursor=${encodeURIComponent(cursor)}` : '/invoices'));

export const orders = async () => (await json(call('GET', '/orders'))).orders;

export const shipTo = (order, shipping) => call('POST', `/orders/${encodeURIComponent(order)}/shipping`, {shipping});

/** {priceId, prorationDate, amountDue, currency, lines, credit, nextAmount, nextAt}. */
export const preview = priceId => json(call('POST', '/subscription/preview', {priceId}));

/** {status, clientSecret}. @param key of this change, the same for each attempt */
export const change = ({priceId, prorationDate, key}) =>
  json(call('POST', '/subscription/change', {priceId, prorationDate}, key));

/** {status, clientSecret}, as for a change. */
export const payInvoice = (invoice, key) => json(call('POST', `/invoices/${encodeURIComponent(invoice)}/pay`, {}, key));

export const cancel = (subscriptionId, key) =>
  call('POST', '/cancel-subscription', {subscriptionId, when: 'period_end'}, key);

/** Revokes a scheduled cancellation. */
export const resume = (subscriptionId, key) => call('POST', '/subscription/resume', {subscriptionId}, key);

/** The client secret of a card setup. */
export const cardSetup = async () => (await json(call('POST', '/payment-method', {}))).clientSecret;

/** Makes the confirmed card the customer's. */
export const useCard = setupIntent => call('POST', '/payment-method', {setupIntent});

/** Mails a link to the new address. */
export const changeEmail = email => call('POST', '/email', {email});

export const confirmEmail = token => call('POST', '/email/confirm', {token});

export const exported = () => json(call('GET', '/account/export'));

export const erase = () => call('DELETE', '/account', {confirm: 'delete'});

/** The address of Stripe's Customer Portal for this customer. */
export const portal = async () => (await json(call('POST', '/portal-session', {}))).url;
