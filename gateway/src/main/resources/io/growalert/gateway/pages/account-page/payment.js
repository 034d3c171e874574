// Payments that need the customer's bank.

import * as register from '../register/api.js';
import {loadStripe, meaning} from '../register/stripe.js';
import * as api from './api.js';

/** Each one costs several calls to Stripe, which a customer has a budget of. */
const LOOKS = 4;

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
 * Has the bank confirm a payment that needs it. The result reaches the account after that.
 *
 * @param answer {status, clientSecret} of a change or a payment
 * @param isOver whether an account shows the result
 */
export async function confirmed({status, clientSecret}, isOver) {
  if (status === 'action_needed') {
    const {stripe} = await stripeJs();
    const {error} = await stripe.handleNextAction({clientSecret});
    if (error) throw meaning(error);
  } else if (status !== 'pending') {
    return;
  }
  for (let looks = 1; looks <= LOOKS && !isOver(await api.account()); looks++) {
    await register.pause(1000 * looks);
  }
}
