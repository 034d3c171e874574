// Error messages of the account, each with what to do next.

import {ApiProblem} from '../register/api.js';
import {CardProblem} from '../register/stripe.js';
import {wordsFor, wordsForFree} from '../register/words.js';

const OWN = {
  change_in_progress: 'A change of your plan is in progress. Try again in a moment.',
  no_subscription: 'You have no running plan. Reload the page to see its state.',
  same_price: 'You have this plan already. Reload the page to see its state.',
  open_invoice: 'There is an open invoice. Pay it first.',
  open_order: 'There is an order that is being paid, or is paid and not shipped yet. Wait for it, or contact us to have it refunded, then delete your account.',
  unknown_price: 'This plan is no longer offered. Reload the page to see the plans.',
  not_found: 'This is not available any more. Reload the page to see the current state.',
  invoice_not_open: 'This invoice is not open any more. Reload the page to see its state.',
  setup_incomplete: 'Your bank did not confirm the card. Try again, or use another card.',
  order_closed: 'This order cannot be changed any more. Reload the page to see its state.',
  mail_not_configured: 'We cannot send links at present. Try again later.',
};

/** The message. @param kept what is unchanged after a declined card, or nothing */
export function wordsOf(problem, kept = '') {
  if (problem instanceof ApiProblem && problem.status === 402) return wordsOf(new CardProblem(problem), kept);
  if (problem instanceof CardProblem) return [wordsFor(problem).text, kept].filter(Boolean).join(' ');
  if (problem instanceof ApiProblem && OWN[problem.code]) return OWN[problem.code];
  return wordsFor(problem).text;
}

/** The message where no money moves. */
export const wordsOfFree = problem => (problem instanceof ApiProblem && OWN[problem.code]) || wordsForFree(problem);

/** What happens to the monitors when a plan has ended; empty where nothing does. @param graceSeconds null: they are not paused */
export function pauseText(graceSeconds) {
  if (typeof graceSeconds !== 'number') return '';
  const days = Math.floor(graceSeconds / 86_400);
  const later = days === 1 ? 'one day later' : `${days} days later`;
  return `The monitors of your plan are paused ${days > 0 ? later : 'when it has ended'}.`;
}

export const isDeclined = problem => problem instanceof CardProblem || (problem instanceof ApiProblem && problem.status === 402);

/** The session is over, or there is none. */
export const isSignedOut = problem => problem instanceof ApiProblem && problem.status === 401;
