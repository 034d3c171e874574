// The plan: its state, its next invoice, and what a customer can do with it.

import {money, nameOf} from '../register/money.js';
import * as api from './api.js';
import {done, doing, show} from './cards.js';
import {chooser} from './change.js';
import {actions, button, day, newKey, node, paragraph} from './dom.js';
import {pauseText, wordsOfFree} from './words.js';

const ENDED = new Set(['canceled', 'incomplete_expired']);

/** Whether there is one that has not ended. */
export const hasPlan = ({subscription}) => subscription !== null && !ENDED.has(subscription.status);

/** Such as "€19.00 a month". */
const costs = ({amount, currency, interval}) => `${money(amount, currency)}${interval ? ` a ${interval}` : ''}`;

/** {badge, kind, text}: the state in a word, its colour, and a sentence. */
export function stateOf({subscription, nextInvoice, paymentMethod}) {
  const {status, price, trialEnd, currentPeriodEnd, cancelAt, endedAt} = subscription;
  const then = nextInvoice ? `Next invoice: ${money(nextInvoice.amount, nextInvoice.currency)} on ${day(nextInvoice.at)}.` : '';
  if (ENDED.has(status)) return {badge: 'Ended', kind: 'negative', text: endedAt ? `Your plan ended on ${day(endedAt)}.` : 'Your plan has ended.'};
  if (status === 'incomplete') return {badge: 'Not paid', kind: 'warn', text: 'The first payment of your plan is not complete.'};
  if (cancelAt) {
    return {badge: 'Canceled', kind: 'warn', text: `Your plan is active until ${day(cancelAt)}. It is not renewed after that.`};
  }
  switch (status) {
    case 'trialing':
      if (!nextInvoice && !paymentMethod) {
        return {badge: 'Free trial', kind: 'warn', text: `Your plan is free until ${day(trialEnd)}. Add a card, or it ends then.`};
      }
      return {badge: 'Free trial', kind: 'positive', text: `Your plan is free until ${day(trialEnd)}. ${then || `Then it costs ${costs(price)}.`}`};
    case 'past_due':
    case 'unpaid':
      return {badge: 'Not paid', kind: 'negative', text: 'Pay the open invoice to keep your plan.'};
    case 'paused':
      return {badge: 'Paused', kind: 'warn', text: 'Your plan is paused. Contact us to resume it.'};
    default:
      return {badge: 'Active', kind: 'positive', text: then || (currentPeriodEnd ? `Paid until ${day(currentPeriodEnd)}.` : '')};
  }
}

/**
 * @param account as {@code GET /account} has it
 * @param context {reload, confirm, stripe}: loads the account again, confirms a payment, and loads Stripe.js
 */
export function showPlan(account, context) {
  const {subscription, portal} = account;
  if (!subscription) {
    show('plan', paragraph('You have no plan.'), actions(register('Choose a plan')));
    return;
  }
  const {badge, kind, text} = stateOf(account);
  const {price, pendingChange, status} = subscription;
  show('plan',
    node('div', {className: 'line'},
      paragraph(price ? price.name : 'Plan', 'strong'),
      node('span', {className: `badge ${kind}`, textContent: badge})),
    price ? paragraph(costs(price), 'quiet-text') : null,
    paragraph(text),
    pendingChange ? paragraph(pendingText(account), 'box warn') : null,
    waysOf(account, context, {isOver: ENDED.has(status), portal}));
}

function pendingText({prices, subscription: {pendingChange}}) {
  const price = prices.find(({id}) => id === pendingChange.priceId);
  return `Your change to ${price ? nameOf(price) : 'another plan'} waits for its payment. Change your plan again to pay it; if it is not paid by `
    + `${day(pendingChange.expiresAt)}, your plan stays as it is.`;
}

const register = label => node('a', {className: 'button main', href: 'register.html', textContent: label});

function waysOf(account, context, {isOver, portal}) {
  const {subscription, prices} = account;
  const {status, cancelAt, price} = subscription;
  if (isOver) return actions(register('Choose a plan'));
  if (status === 'incomplete') return actions(register('Continue to the payment'));
  if (portal) return actions(button('Manage plan and card at Stripe', toPortal));
  if (cancelAt) {
    return node('div', {},
      paragraph(price ? `If you keep it, it renews at ${costs(price)}.` : ''),
      actions(button('Keep my plan', () => keep(account, context), 'main')));
  }
  const others = prices.filter(({id, currency}) => id !== price?.id && currency === price?.currency);
  // another change replaces one that waits for its payment
  const canChange = others.length > 0 && (status === 'active' || status === 'trialing');
  return actions(
    canChange ? button('Change plan', () => chooser(account, others, context)) : null,
    button('Cancel plan', () => askToCancel(account, context)));
}

const toPortal = () => doing('plan', "Opening Stripe's page", async () => location.assign(await api.portal()));

/** The second of the two clicks. */
function askToCancel(account, context) {
  const {subscription: {trialEnd, status, currentPeriodEnd}, pauseGraceSeconds} = account;
  const end = status === 'trialing' ? trialEnd : currentPeriodEnd;
  show('plan',
    paragraph('Cancel your plan?', 'strong'),
    paragraph(`It stays active${end ? ` until ${day(end)}` : ' until the end of the paid period'}, and is not renewed. `
      + `You can change your mind until then. ${pauseText(pauseGraceSeconds)}`.trim()),
    actions(
      button('Yes, cancel my plan', () => cancel(account, context), 'danger'),
      button('Keep my plan', () => back(account, context))));
  document.getElementById('plan-title').focus();
}

function back(account, context) {
  showPlan(account, context);
  document.getElementById('plan-title').focus();
}

const cancel = ({subscription}, context) => doing('plan', 'Canceling your plan', async () => {
  await api.cancel(subscription.id, newKey());
  const {subscription: now} = await context.reload();
  done('plan', now?.cancelAt ? `Your plan is canceled. It is active until ${day(now.cancelAt)}.` : 'Your plan is canceled.');
}, wordsOfFree);

const keep = ({subscription}, context) => doing('plan', 'Keeping your plan', async () => {
  await resumed(subscription.id);
  const {subscription: now} = await context.reload();
  const isKept = now?.id === subscription.id && hasPlan({subscription: now}) && !now.cancelAt;
  done('plan', isKept ? 'You keep your plan. It renews as before.' : 'Your plan was not kept: its state is shown here.');
}, wordsOfFree);

/** One that has ended is shown as it is. */
async function resumed(id) {
  try {
    await api.resume(id, newKey());
  } catch (problem) {
    if (problem.code !== 'subscription_ended') throw problem;
  }
}
