// Payments that need the customer's bank.

import {pause} from '../register/api.js';
import {loadStripe, meaning} from '../register/stripe.js';
import * as register from '../register/api.js';
import * as api from './api.js';

const LOOKS = 10;

let loaded = null;

/** Stripe.js, which is loaded when it is needed first. @return {stripe, isStripes} */
export async function stripeJs() {
  if (!loaded) {
    const [page, config] = await Promise.all([register.pageConfig(), register.config()]);
    loaded = {stripe: await loadStripe(page.stripeJs, config.publishableKey), isStripes: page.stripe};
  }
  return loaded;
}

/**
 * Has the bank confirm a payment that needs it. The result reaches the account with Stripe's event.
 *
 * @param answer {status, clientSecret} of a change or a payment
 * @param isOver whether an account shows the result
 */
export async function confirmed({status, clientSecret}, isOver) {
  if (status === 'action_needed' && clientSecret) {
    const {stripe} = await stripeJs();
    const {error} = await stripe.handleNextAction({clientSecret});
    if (error) throw meaning(error);
  }
  await waitUntil(isOver);
}

/** Reads the account until it shows the result, for 10 s at most: it follows Stripe's events. */
async function waitUntil(isOver) {
  for (let looks = 1; looks < LOOKS && !isOver(await api.account()); looks++) {
    await pause(1000);
  }
}
