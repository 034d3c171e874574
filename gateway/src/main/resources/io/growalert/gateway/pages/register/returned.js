// A customer returns from the bank's own page with the intent's secret in the address.

import * as steps from './steps.js';
import {intentOf} from './stripe.js';
import {UNCONFIRMED} from './words.js';

const NAMES = ['payment_intent', 'payment_intent_client_secret', 'setup_intent', 'setup_intent_client_secret', 'redirect_status',
  'source_type', 'source_redirect_slug'];

/**
 * Removes the parameters of the bank's page from the address, so that no history, bookmark or Referer contains them.
 *
 * @return {clientSecret, intent}, or null when the customer does not return from a bank
 */
export function takeReturned() {
  const url = new URL(location.href);
  const payment = url.searchParams.get('payment_intent_client_secret');
  const setup = url.searchParams.get('setup_intent_client_secret');
  if (!NAMES.some(name => url.searchParams.has(name))) return null;
  NAMES.forEach(name => url.searchParams.delete(name));
  history.replaceState(null, '', url);
  if (payment) return {clientSecret: payment, intent: 'payment'};
  return setup ? {clientSecret: setup, intent: 'setup'} : null;
}

/** For a browser that has no registration: a bank's app may open another browser than the one that started it. */
export async function showReturned(stripe, returned) {
  const {status} = await intentOf(stripe, returned);
  switch (status) {
    case 'succeeded':
      steps.message('Your plan is paid', BACK);
      break;
    case 'processing':
      steps.message('Your payment is on its way', 'Your bank has not finished it yet. Do not pay again.', BACK);
      break;
    default:
      steps.message('Your payment was not confirmed', UNCONFIRMED, BACK);
  }
}

const BACK = 'Return to the browser in which you registered, and reload the page there to continue.';
