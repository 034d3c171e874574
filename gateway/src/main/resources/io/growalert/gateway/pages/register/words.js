// Error messages for customers, each with a next step that cannot charge twice.

import {ApiProblem} from './api.js';
import {AmountChanged} from './devices.js';
import {money} from './money.js';
import {Ended} from './registration.js';
import {CardProblem, Incomplete, NotLoaded, Unclear} from './stripe.js';
import {Elsewhere} from './store.js';
import {AlreadySubscribed, Changed} from './subscription.js';

const SAFE = 'Trying again does not charge you twice.';
const UNCHARGED = 'You were not charged for this.';

/**
 * @return {text, way}: way is null when pressing the same button again is the way forward, or else {@code link} (have a link
 *     sent), {@code signIn} (the same, to the address that was entered), {@code anew} (become a new customer) or {@code reload}
 */
export function wordsFor(problem, {mayHavePaid = false, isSignIn = false} = {}) {
  if (problem instanceof ApiProblem) return ofApi(problem, mayHavePaid, isSignIn);
  return said(...ofPage(problem));
}

/** Where there is nothing to pay. */
export const wordsForFree = problem => wordsFor(problem, {isSignIn: true}).text.replace(` ${SAFE}`, '');

const said = (text, way = null) => ({text, way});

function ofPage(problem) {
  if (problem instanceof Incomplete) return [problem.message || 'Something is missing in the card form.'];
  if (problem instanceof CardProblem) return [ofCard(problem)];
  if (problem instanceof Unclear) return [`We have not heard from your bank yet how the payment fared. ${SAFE}`];
  if (problem instanceof NotLoaded) return ['The payment form could not be loaded. Check your connection and try again.'];
  if (problem instanceof AmountChanged) {
    return [`The price of the devices changed: they cost ${money(problem.amount, problem.currency)} now. ${UNCHARGED} `
      + 'Press the button to pay this amount.'];
  }
  if (problem instanceof AlreadySubscribed) return [problem.message];
  if (problem instanceof Changed) return [`This order was changed. Check it, and go on to the payment again. ${SAFE}`, 'reload'];
  if (problem instanceof Elsewhere) {
    return [`Your registration goes on in another tab of this browser. Finish it there, or close that tab and try again. ${SAFE}`];
  }
  if (problem instanceof Ended) return ['This registration was ended in another tab.', 'reload'];
  console.error(problem);
  return [`Something went wrong on this page. Reload it and go on where you were. ${SAFE}`, 'reload'];
}

// ---- the card -------------------------------------------------------------------------------------------------------

const ANOTHER = `${UNCHARGED} Use another card.`;
const CARD = {
  insufficient_funds: `There is not enough money on this card. ${ANOTHER}`,
  expired_card: `Your card has expired. ${ANOTHER}`,
  incorrect_cvc: `The card's security code is wrong. ${UNCHARGED} Check it and try again.`,
  incorrect_number: `The card's number is wrong. ${UNCHARGED} Check it and try again.`,
  incorrect_zip: `The postal code is not that of the card. ${UNCHARGED} Check it and try again.`,
  processing_error: `Your bank could not work on this just now. ${UNCHARGED} Try again in a minute, or use another card.`,
  authentication_required: `Your bank wants you to confirm this payment. ${UNCHARGED} Try again, and confirm it when you are asked.`,
  payment_intent_authentication_failure: `Your bank did not hear that you confirm it. ${UNCHARGED} Try again, or use another card.`,
  token_refused: `This card cannot be used here. ${ANOTHER}`,
  payment_canceled: `The payment was not made in time. ${UNCHARGED} Enter a card and try again.`,
};
CARD.setup_intent_authentication_failure = CARD.payment_intent_authentication_failure;

// only that it was declined: the bank may suspect that the card was stolen
const ofCard = ({code, declineCode}) =>
  CARD[declineCode] ?? CARD[code] ?? `Your card was declined. ${ANOTHER}`;

/** For a customer who returns from the bank's page without having paid. */
export const UNCONFIRMED = CARD.payment_intent_authentication_failure;

// ---- our side -------------------------------------------------------------------------------------------------------

const OF_STATUS = {
  403: 'This page was opened at an address from which we take no orders. Open our own site and try again.',
  404: 'Registering is not possible here at present. Try again later.',
  408: 'Your connection is too slow at the moment. Try again.',
  413: 'What was sent is too long. Check what you entered.',
  422: 'This order was changed in another tab. Reload the page to go on where it is now.',
  502: 'Our payment provider rejected this request. Try again in a while.',
  504: 'It takes longer than it should, so we do not know how far it came. Try again in a moment.',
};
const NOT_UNDERSTOOD = 'Something about this was not understood. Reload the page and try again.';

function ofApi({status, code, waitSeconds}, mayHavePaid, isSignIn) {
  if (status === 0) {
    return said(`We cannot be reached, so we do not know how far it came. Check your connection and try again. ${SAFE}`);
  }
  const later = inWhile(waitSeconds);
  switch (code) {
    case 'request_in_flight':
      return said(`Your last try is still being worked on. Try again ${later}. ${SAFE}`);
    case 'sign_in_needed':
      return said('There is an account with this e-mail address. We can send a sign-in link to it. You go on as the same customer '
        + 'then, so nothing is charged twice.', 'signIn');
    case 'too_many_sign_ins':
      return said(`Too many links were asked for. Look for the newest in your mail, or try again ${later}.`);
    case 'too_many_calls':
      return said(`There is too much to do at the moment. Try again ${later}. ${SAFE}`);
    case 'stripe_refused':
      return said(`Our payment provider rejected this request. ${UNCHARGED} Try again in a while.`);
    case 'stripe_denied':
    case 'payments_unavailable':
      return said(`Our payment provider cannot do this at present. ${UNCHARGED} Try again later.`);
    case 'session_expired':
      return said('You were here before, but that was too long ago. We can send a link to the e-mail address that you '
        + 'registered with. It lets you go on as the same customer, so nothing is charged twice.', 'link');
    case 'mail_not_configured':
      if (isSignIn) return said('We cannot send links at present. Try again later.');
      return mayHavePaid
        ? said('We cannot send links at present. Do not begin again: your payment may have gone through. Ask us first.')
        : said('We cannot send links at present. You can go on as a new customer. You were not charged.', 'anew');
    case 'mail_unavailable':
      return said(`The link could not be sent. Try again ${later}.`, 'link');
    case 'too_many_renewals':
      return said(`We have sent you several links already. Look for the newest in your mail, or try again ${later}.`);
    case 'session_missing':
    case 'session_invalid':
      return mayHavePaid
        ? said('This browser has lost our cookie, so we do not know any more who you are. Do not begin again: your payment may '
          + 'have gone through. Look for a receipt in your mail, and ask us.')
        : said('Your browser did not keep our cookie. You were not charged. Allow cookies for this site and try again.');
    case 'unknown_price':
      return said('This plan is not offered any more. Reload the page and choose another.', 'reload');
    case 'too_many_failed_payments':
      return said(`Too many payments failed. To protect cards, no more are tried for now. Try again ${later}.`);
    default:
      return ofStatus(status, later);
  }
}

function ofStatus(status, later) {
  if (status === 429) return said(`There were too many tries. Try again ${later}. ${SAFE}`);
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
