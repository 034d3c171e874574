// The second payment: the devices, charged by the server.

import * as api from './api.js';
import {CardProblem, Unclear, complete, meaning} from './stripe.js';

const LOOKS_AT_A_SLOW_PAYMENT = 3;

/**
 * Pays for the devices with the first payment's card, or with the one in the elements. Repeats the request until the payment has
 * a final status: under one idempotency key the server charges once.
 *
 * @param device the device and price that were shown: another price is not charged
 */
export async function payForDevices({registration, stripe, elements, device, showStatus}) {
  const order = registration.order
    ?? registration.beginOrder(await means(registration, stripe, elements), device);
  if (!order) return;
  showStatus('Paying for your devices');
  let asked = 0;
  let looks = 0;
  for (;;) {
    const {status, json} = await charged(registration, order);
    if (status === 200) {
      registration.devicesAre('paid', json.id);
      return;
    }
    if (!json.requiresAction) {
      if (++looks > LOOKS_AT_A_SLOW_PAYMENT) {
        registration.devicesAre('processing', json.paymentIntentId);
        return;
      }
      showStatus('Your bank is processing the payment');
      await api.pause(1000 * looks);
      continue;
    }
    if (++asked > 2) throw new Unclear();
    showStatus('Your bank asks you to confirm the payment');
    const {error} = await stripe.handleNextAction({clientSecret: json.clientSecret});
    if (error && meaning(error) instanceof Unclear) throw meaning(error);
    showStatus('Paying for your devices');
  }
}

/** The price of the devices is not the one that was shown; nothing was charged. */
export class AmountChanged extends Error {
  constructor({amount, currency}, quantity) {
    super();
    this.amount = amount;
    this.currency = currency;
    this.unitAmount = amount / quantity;
  }
}

const REFUSED = new Set(['token_refused', 'payment_canceled']);
/** Neither another card nor a retry of the same request helps. */
const FAILED = new Set(['stripe_refused', 'stripe_denied', 'payments_unavailable']);

async function charged(registration, order) {
  // an earlier request may have been paid, whatever this response is
  const isFirst = registration.orderIsSent();
  try {
    return await api.charge({...order, shipping: registration.shipping});
  } catch (problem) {
    if (problem.code === 'amount_changed') {
      registration.orderFailed();
      throw new AmountChanged(problem.members, order.quantity);
    }
    if (FAILED.has(problem.code)) {
      if (!isFirst) throw new Unclear();
      registration.orderFailed();
      throw problem;
    }
    if (problem.status !== 402 && !REFUSED.has(problem.code)) throw problem;
    registration.orderRefused();
    throw new CardProblem(problem);
  }
}

async function means(registration, stripe, elements) {
  if (registration.paymentMethod) return registration.paymentMethod;
  await complete(elements);
  const {error, paymentMethod} = await stripe.createPaymentMethod({elements});
  if (error) throw meaning(error);
  return paymentMethod.id;
}
