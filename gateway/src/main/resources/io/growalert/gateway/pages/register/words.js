// Error messages for customers, each with a next step that cannot charge twice.

import {ApiProblem} from './api.js';
import {AmountChanged} from './devices.js';
import {money} from './money.js';
import {Ended} from './registration.js';
import {CardProblem, NotLoaded, Unclear} from './stripe.js';
import {Elsewhere} from './store.js';
import {AlreadySubscribed, Changed} from './subscription.js';

const SAFE = 'Trying again does not charge you twice.';
const UNCHARGED = 'You were not charged for this.';

/**
 * @return {text, way}: way is null when the customer retries with the same button, or else {@code link} (send a link),
 *     {@code signIn} (the same, to the address that was entered), {@code anew} (continue as a new customer), {@code account} or
 *     {@code reload}
 */
export function wordsFor(problem, {mayHavePaid = false, isSignIn = false} = {}) {
  if (problem instanceof ApiProblem) return ofApi(problem, mayHavePaid, isSignIn);
  return said(...ofPage(problem));
}

/** For pages without a payment. */
export const wordsForFree = problem => wordsFor(problem, {isSignIn: true}).text.replace(` ${SAFE}`, '');

const said = (text, way = null) => ({text, way});

function ofPage(problem) {
  if (problem instanceof CardProblem) return [ofCard(problem)];
  if (problem instanceof Unclear) return [`Your bank has not confirmed the payment yet. ${SAFE}`];
  if (problem instanceof NotLoaded) return ['The payment form could not be loaded. Check your connection and try again.'];
  if (problem instanceof AmountChanged) {
    return [`The price of the devices changed: they cost ${money(problem.amount, problem.currency)} now. ${UNCHARGED} `
      + 'Press the button to pay this amount.'];
  }
  if (problem instanceof AlreadySubscribed) return [problem.message, 'account'];
  if (problem instanceof Changed) return [`This order was changed. Check it, and continue to the payment again. ${SAFE}`, 'reload'];
  if (problem instanceof Elsewhere) {
    return [`Your registration continues in another tab of this browser. Finish it there, or close that tab and try again. ${SAFE}`];
  }
  if (problem instanceof Ended) return ['This registration was ended in another tab.', 'reload'];
  console.error(problem);
  return [`Something went wrong on this page. Reload it and continue where you were. ${SAFE}`, 'reload'];
}

// ---- the card -------------------------------------------------------------------------------------------------------

const ANOTHER = `${UNCHARGED} Use another card.`;
const CARD = {
  insufficient_funds: `There is not enough money on this card. ${ANOTHER}`,
  expired_card: `Your card has expired. ${ANOTHER}`,
  incorrect_cvc: `The card's security code is wrong. ${UNCHARGED} Check it and try again.`,
  incorrect_number: `The card's number is wrong. ${UNCHARGED} Check it and try again.`,
  incorrect_zip: `The postal code does not match the card. ${UNCHARGED} Check it and try again.`,
  processing_error: `Your bank could not process this just now. ${UNCHARGED} Try again in a minute, or use another card.`,
  authentication_required: `Your bank requires you to confirm this payment. ${UNCHARGED} Try again, and confirm it.`,
  payment_intent_authentication_failure: `Your bank did not receive a confirmation. ${UNCHARGED} Try again, or use another card.`,
  token_refused: `This card cannot be used here. ${ANOTHER}`,
  payment_canceled: `The payment was not completed in time. ${UNCHARGED} Enter a card and try again.`,
};
CARD.setup_intent_authentication_failure = CARD.payment_intent_authentication_failure;

// no reason for a decline: the bank may suspect that the card was stolen
const ofCard = ({code, declineCode}) =>
  CARD[declineCode] ?? CARD[code] ?? `Your card was declined. ${ANOTHER}`;

/** For a customer who returns from the bank's page without having paid. */
export const UNCONFIRMED = CARD.payment_intent_authentication_failure;

// ---- the service ----------------------------------------------------------------------------------------------------

const OF_STATUS = {
  403: 'This page was opened at an address that is not ours. Open our own site and try again.',
  404: 'This is not available here at present. Try again later.',
  408: 'Your connection is too slow at the moment. Try again.',
  413: 'The request is too long. Check what you entered.',
  422: 'This order was changed in another tab. Reload the page to see its current state.',
  502: 'Our payment provider rejected this request. Try again in a while.',
  504: 'The service took too long to answer; the result is unknown. Try again in a moment.',
};
const NOT_UNDERSTOOD = 'The request was not understood. Reload the page and try again.';

function ofApi({status, code, waitSeconds}, mayHavePaid, isSignIn) {
  if (status === 0) {
    return said(`The service is unreachable; the result is unknown. Check your connection and try again. ${SAFE}`);
  }
  const later = inWhile(waitSeconds);
  switch (code) {
    case 'request_in_flight':
      return said(`Your last request is still being processed. Try again ${later}. ${SAFE}`);
    case 'sign_in_needed':
      return said('There is an account with this e-mail address. We can send a sign-in link to it. With the link you '
        + 'continue as the same customer, so nothing is charged twice.', 'signIn');
    case 'too_many_sign_ins':
      return said(`Too many links were requested. Look for the newest in your mail, or try again ${later}.`);
    case 'too_many_calls':
      return said(`The service is busy at the moment. Try again ${later}. ${SAFE}`);
    case 'stripe_refused':
      return said(`Our payment provider rejected this request. ${UNCHARGED} Try again in a while.`);
    case 'stripe_denied':
    case 'payments_unavailable':
      return said(`Our payment provider cannot do this at present. ${UNCHARGED} Try again later.`);
    case 'session_expired':
      return said('Your session has expired. We can send a link to the e-mail address that you '
        + 'registered with. It lets you continue as the same customer, so nothing is charged twice.', 'link');
    case 'mail_not_configured':
      if (isSignIn) return said('We cannot send links at present. Try again later.');
      return mayHavePaid
        ? said('We cannot send links at present. Do not begin again: your payment may have gone through. Contact us first.')
        : said('We cannot send links at present. You can continue as a new customer. You were not charged.', 'anew');
    case 'mail_unavailable':
      return said(`The link could not be sent. Try again ${later}.`, 'link');
    case 'too_many_renewals':
      return said(`We have sent you several links already. Look for the newest in your mail, or try again ${later}.`);
    case 'session_missing':
    case 'session_invalid':
      return mayHavePaid
        ? said('This browser has lost our cookie, so we cannot identify you. Do not begin again: your payment may '
          + 'have gone through. Look for a receipt in your mail, and contact us.')
        : said('Your browser did not store our cookie. You were not charged. Allow cookies for this site and try again.');
    case 'unknown_price':
      return said('This plan is no longer offered. Reload the page and choose another.', 'reload');
    case 'too_many_failed_payments':
      return said(`Too many payments failed. To protect cards, no more are accepted for now. Try again ${later}.`);
    default:
      return ofStatus(status, later);
  }
}

function ofStatus(status, later) {
  if (status === 429) return said(`There were too many attempts. Try again ${later}. ${SAFE}`);
  if (status === 422) return said(`${OF_STATUS[422]} ${SAFE}`, 'reload');
  if (OF_STATUS[status]) return said(`${OF_STATUS[status]} ${SAFE}`);
  return status < 500
    ? said(`${NOT_UNDERSTOOD} ${SAFE}`, 'reload')
    : said(`We cannot do this at present. Try again ${later}. ${SAFE}`);
}

function inWhile(seconds) {
  if (seconds > 5400) return `in ${Math.ceil(seconds / 3600)} hours`;
  if (seconds > 90) return `in ${Math.ceil(seconds / 60)} minutes`;
  return seconds > 5 ? `in ${Math.ceil(seconds)} seconds` : 'in a moment';
}
