// What went wrong, in words for a customer, with what to do about it.

import {ApiProblem} from './api.js';
import {CardProblem, Unclear} from './stripe.js';

const SAFE = 'Trying again does not charge you twice.';

export function wordsFor(problem) {
  if (problem instanceof ApiProblem) return ofApi(problem);
  if (problem instanceof Unclear) return `${problem.message} ${SAFE}`;
  if (problem instanceof CardProblem) return problem.message;
  console.error(problem);
  return problem instanceof TypeError ? `Something went wrong on this page. ${SAFE}` : problem.message;
}

function ofApi(problem) {
  if (problem.status === 0) {
    return `We cannot reach the server, so we do not know how far it came. Check your connection and try again. ${SAFE}`;
  }
  switch (problem.code) {
    case 'request_in_flight':
      return `Your last try is still being worked on. Try again in a moment. ${SAFE}`;
    case 'session_missing':
      return 'Your browser did not keep our cookie. Allow cookies for this site and try again.';
    case 'session_expired':
    case 'session_invalid':
      return 'Your session is over. You were not charged for this step.';
    case 'too_many_failed_payments':
    case 'too_many_customers':
      return `There were too many tries. Try again ${inWhile(problem.waitSeconds)}.`;
    default:
      break;
  }
  if (problem.status === 429) return `There were too many requests. Try again ${inWhile(problem.waitSeconds)}.`;
  if (problem.status >= 500) return `The server cannot do this at present. Try again ${inWhile(problem.waitSeconds)}. ${SAFE}`;
  return problem.message;
}

function inWhile(seconds) {
  if (seconds > 90) return `in ${Math.ceil(seconds / 60)} minutes`;
  return 'in a moment';
}
