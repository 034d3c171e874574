// The first payment: the customer, the subscription, and the intent to confirm for it.

import * as api from './api.js';
import {CardProblem, complete, confirm, intentOf, methodOf} from './stripe.js';

const RUNNING = new Set(['active', 'trialing', 'past_due', 'unpaid', 'paused']);
const WENT_THROUGH = new Set(['succeeded', 'requires_capture', 'processing']);

export class AlreadySubscribed extends Error {}

/** The customer has a subscription to another plan, which is not replaced. */
export class OtherPlan extends Error {
  /** @param subscription as {@code GET /subscription} has it */
  constructor(subscription) {
    super();
    this.subscription = subscription;
  }
}

/** The open payment is obsolete: the order was changed elsewhere. */
export class Changed extends Error {}

/**
 * Creates the customer and the subscription.
 *
 * @param returned {clientSecret, intent} from the return address of a bank's page, or null
 * @return {clientSecret, intent, amount, currency} to be confirmed, or null when that has been done; the setup of a card has no
 *     amount
 */
export async function prepare(registration, stripe, returned = null) {
  if (registration.isPaid) return null;
  if (registration.isOfAnotherOrder && await isPaidOrGone(registration, stripe)) return null;
  // the cookie belongs to the subscription's customer: an expired one is renewed, not replaced
  if (!registration.subscription?.id) await becomeCustomer(registration);
  const toConfirm = await openIntent(registration, stripe, returned)
    ?? (registration.isPaid ? null : await openIntent(registration, stripe));
  if (registration.isExisting && registration.quantity === 0) {
    registration.dropSubscription();
    throw new AlreadySubscribed('You have this plan already. You were not charged again.');
  }
  return toConfirm;
}

async function becomeCustomer(registration) {
  if (!registration.isAnew) await refuseOldSession();
  await createCustomer(registration);
  const current = await api.subscription();
  const running = current !== null && RUNNING.has(current.status);
  if (running && !current.items.some(item => item.price === registration.priceId)) throw new OtherPlan(current);
  registration.beginSubscription(running);
}

async function createCustomer(registration) {
  try {
    await api.createCustomer(registration.email, registration.customerKey());
  } catch (problem) {
    // after the sign-in it is a new request, which must not get the stored response of this one
    if (problem.code === 'sign_in_needed') registration.dropCustomerKey();
    throw problem;
  }
}

/** A returning customer with an expired session would become a second customer, who pays a second time. */
async function refuseOldSession() {
  try {
    await api.subscription();
  } catch (problem) {
    if (problem.status !== 401 || problem.code === 'session_expired') throw problem;
  }
}

/** Whether the earlier subscription was paid after all; an unpaid one is cancelled. */
async function isPaidOrGone(registration, stripe) {
  try {
    if (await openIntent(registration, stripe) === null && registration.isPaid) return true;
    if (registration.subscription?.id) await api.cancelSubscription(registration.subscription.id);
  } catch (problem) {
    const isGone = problem.status === 404 || (problem.status === 401 && !registration.mayHavePaid);
    // no longer this browser's, or no longer offered; an unpaid subscription expires
    if (!isGone && problem.code !== 'unknown_price') throw problem;
  }
  registration.dropSubscription();
  return false;
}

/** Null when there is nothing to confirm: the subscription is paid, or it has ended and was dropped. */
async function openIntent(registration, stripe, returned = null) {
  const {key, priceId} = registration.beginSubscription();
  const {subscriptionId, clientSecret, intent} = await started(registration, priceId, key);
  registration.subscriptionIs(subscriptionId);
  if (clientSecret) {
    registration.intentIs(clientSecret, intent);
    const now = await intentOf(stripe, {clientSecret, intent});
    if (took(registration, now, intent)) return null;
    if (now.status !== 'canceled') return {clientSecret, intent, amount: now.amount, currency: now.currency};
  } else {
    const current = await api.subscription();
    if (current?.id === subscriptionId && RUNNING.has(current.status)) {
      const paymentMethod = await methodReturned(registration, stripe, returned);
      registration.subscriptionPaid({paymentMethod, intent: registration.subscription.intent ?? null, processing: false});
      return null;
    }
  }
  registration.dropSubscription();
  return null;
}

/** The server does not return a completed setup. An intent of another registration is ignored. */
async function methodReturned(registration, stripe, returned) {
  if (!returned || !registration.isOwnIntent(returned.clientSecret)) return null;
  const now = await intentOf(stripe, returned);
  return WENT_THROUGH.has(now.status) ? methodOf(now) : null;
}

async function started(registration, priceId, key) {
  try {
    return await api.createSubscription(priceId, key);
  } catch (problem) {
    if (problem.code === 'has_subscription') {
      registration.dropSubscription();
      throw new OtherPlan(problem.members.subscription);
    }
    const isUndone = problem.code === 'unknown_price' || problem.code === 'sign_in_needed';
    if (isUndone && !registration.subscription.id) registration.dropSubscription();
    throw problem;
  }
}

/** Stores a payment, or a setup, that succeeded. */
function took(registration, now, intent) {
  if (!WENT_THROUGH.has(now.status)) return false;
  registration.subscriptionPaid({
    paymentMethod: methodOf(now),
    intent,
    processing: now.status === 'processing',
    due: intent === 'setup' ? null : {amount: now.amount, currency: now.currency},
  });
  return true;
}

/** Confirms it with the card in the elements, unless it is already confirmed: an attempt without a response may have paid. */
export async function confirmSubscription({registration, stripe, elements, toConfirm, showStatus}) {
  await complete(elements);
  showStatus(toConfirm.intent === 'setup' ? 'Setting up your card' : 'Paying for your plan');
  const now = await intentOf(stripe, toConfirm);
  if (took(registration, now, toConfirm.intent)) return;
  // the amount, too: the customer pays what was shown
  if (now.status === 'canceled' || now.amount !== toConfirm.amount) throw new Changed();
  registration.subscriptionTried(true);
  const {error, confirmed} = await confirm(stripe, elements, toConfirm);
  if (confirmed && took(registration, confirmed, toConfirm.intent)) return;
  const problem = error ?? new CardProblem();
  if (problem instanceof CardProblem) registration.subscriptionTried(false);
  throw problem;
}
