// The parts of the account page: what each shows, its errors, and its confirmations.

import * as steps from '../register/steps.js';
import {wordsForFree} from '../register/words.js';
import {isSignedOut} from './words.js';

const byId = id => document.getElementById(id);

let signedOut = () => {};

/** @param listener called with the problem when the session has ended */
export const onSignedOut = listener => {
  signedOut = listener;
};

export const contentOf = card => byId(card).querySelector('.content');

export const show = (card, ...children) => contentOf(card).replaceChildren(...children.filter(child => child !== null));

/**
 * Runs an action of a part of the page; only one runs at a time.
 *
 * @param status shown meanwhile
 * @param words the error message of a problem, or null where its field shows one
 */
export const doing = (card, status, work, words = wordsForFree) => steps.doing(() => {
  document.querySelectorAll('.done').forEach(place => {
    place.hidden = true;
  });
  steps.showStatus(status);
  return work();
}, problem => {
  if (isSignedOut(problem)) {
    signedOut(problem);
    return;
  }
  const text = words(problem);
  if (text) steps.problem(card, text);
});

/** Confirms what was done, and moves the focus there: the pressed button is gone. */
export function done(card, text) {
  const place = byId(card).querySelector('.done');
  place.textContent = text;
  place.hidden = false;
  place.focus();
}
