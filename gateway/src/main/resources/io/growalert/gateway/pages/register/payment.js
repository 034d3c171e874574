// The two payments: the subscription's, confirmed with Stripe, and then the devices', charged by the server.

import * as api from './api.js';
import {CardProblem, Unclear, intentOf, isSetup, meaning, methodOf} from './stripe.js';

const RUNNING = new Set(['active', 'trialing', 'past_due', 'unpaid', 'paused']);
const LOOKS_AT_A_SLOW_PAYMENT = 5;

export class AlreadySubscribed extends Error {}

/** Makes the customer and the subscription. Answers the secret that is to be confirmed, or null when that has been done. */
export async function prepare(registration, stripe) {
  if (registration.isPaid) return null;
  if (registration.isOfAnotherOrder && await isPaidOrGone(registration, stripe)) return null;
  await api.createCustomer(registration.email, registration.customerKey());
  const running = await api.subscription();
  if (running && RUNNING.has(running.status) && running.id !== registration.subscription?.id) {
    throw new AlreadySubscribed('You have a subscription already. You were not charged again.');
  }
  return await secretToConfirm(registration, stripe) ?? (registration.isPaid ? null : secretToConfirm(registration, stripe));
}

/** Whether the subscription begun before was paid after all; if it was not, it is ended. */
async function isPaidOrGone(registration, stripe) {
  try {
    if (await secretToConfirm(registration, stripe) === null && registration.isPaid) return true;
    if (registration.subscription) await api.cancelSubscription(registration.subscription.id);
  } catch (problem) {
    // not this browser's any more; what nobody pays for ends by itself
    if (problem.status !== 401 && problem.status !== 404) throw problem;
  }
  registration.dropSubscription();
  return false;
}

/** Null when nothing has to be confirmed: it is paid, or it has ended and was dropped. */
async function secretToConfirm(registration, stripe) {
  const {key, priceId} = registration.beginSubscription();
  const {subscriptionId, clientSecret} = await api.createSubscription(priceId, key);
  registration.subscriptionIs(subscriptionId);
  if (clientSecret) {
    const intent = await intentOf(stripe, clientSecret);
    if (took(registration, intent)) return null;
    if (intent.status !== 'canceled') return clientSecret;
  } else {
    const current = await api.subscription();
    if (current?.id === subscriptionId && RUNNING.has(current.status)) {
      registration.subscriptionPaid(null, false);
      return null;
    }
  }
  registration.dropSubscription();
  return null;
}

/** Notes a payment that went through. */
function took(registration, intent) {
  const processing = intent.status === 'processing';
  if (!processing && intent.status !== 'succeeded' && intent.status !== 'requires_capture') return false;
  registration.subscriptionPaid(methodOf(intent), processing);
  return true;
}

/**
 * Confirms the subscription's payment with the client secret, then, when devices were ordered, pays for them. Whatever went
 * through is not done again when it is called again.
 *
 * @param tell is told what is going on, in words
 */
export async function handleConfirmPayment({registration, stripe, elements, clientSecret, tell}) {
  if (!registration.isPaid) {
    await confirmSubscription(registration, stripe, elements, clientSecret, tell);
  }
  if (registration.areDevicesOpen) {
    await payForDevices({registration, stripe, elements: null, tell});
  }
}

async function confirmSubscription(registration, stripe, elements, clientSecret, tell) {
  const {error: incomplete} = await elements.submit();
  if (incomplete) throw new CardProblem(incomplete.message);
  tell(isSetup(clientSecret) ? 'Setting up your card' : 'Paying for your subscription');
  // a try whose answer was lost may have paid
  if (registration.subscription.tried && took(registration, await intentOf(stripe, clientSecret))) return;
  registration.subscriptionTried(true);
  const given = {
    elements,
    confirmParams: {return_url: new URL('register.html', document.baseURI).href},
    redirect: 'if_required',
  };
  const {error, paymentIntent, setupIntent} = isSetup(clientSecret)
    ? await stripe.confirmSetup(given)
    : await stripe.confirmPayment(given);
  if (error) {
    const intent = error.payment_intent ?? error.setup_intent;
    if (intent && took(registration, intent)) return;
    const problem = meaning(error);
    if (problem instanceof CardProblem) registration.subscriptionTried(false);
    throw problem;
  }
  if (!took(registration, paymentIntent ?? setupIntent)) {
    throw new CardProblem('The payment was not confirmed. Try again, or use another card.');
  }
}

/**
 * Pays for the devices with the first payment's card, or with the one in the elements. The server is asked what became of it
 * until it is over: under one key it charges once.
 */
export async function payForDevices({registration, stripe, elements, tell}) {
  const order = registration.order ?? registration.beginOrder(await means(registration, stripe, elements));
  tell('Paying for your devices');
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
      await api.pause(1000 * looks);
      continue;
    }
    if (++asked > 2) throw new Unclear('Your bank has not confirmed the payment yet.');
    tell('Your bank asks you to confirm the payment');
    const {error} = await stripe.handleNextAction({clientSecret: json.clientSecret});
    if (error && meaning(error) instanceof Unclear) throw meaning(error);
    tell('Paying for your devices');
  }
}

const REFUSED = new Set(['token_refused', 'payment_canceled']);

async function charged(registration, order) {
  try {
    return await api.charge(order);
  } catch (problem) {
    if (problem.status !== 402 && !REFUSED.has(problem.code)) throw problem;
    registration.orderRefused();
    throw new CardProblem(problem.status === 402 ? problem.message : 'This card cannot be used here. Use another card.');
  }
}

async function means(registration, stripe, elements) {
  if (registration.paymentMethod) return registration.paymentMethod;
  if (!elements) throw new CardProblem('Enter a card to pay for the devices.');
  const {error: incomplete} = await elements.submit();
  if (incomplete) throw new CardProblem(incomplete.message);
  const {error, paymentMethod} = await stripe.createPaymentMethod({elements});
  if (error) throw meaning(error);
  return paymentMethod.id;
}
