// The button that ends the session.

import * as api from './api.js';
import {Registration} from './registration.js';
import * as steps from './steps.js';
import * as store from './store.js';
import {wordsForFree} from './words.js';

/** Whoever comes next to this browser sees nothing of an order, unless it may have been paid and is still to be gone on with. */
function forget() {
  const registration = new Registration();
  if (registration.isFinished || !registration.mayHavePaid) store.forget();
}

export function signOutBy(button) {
  button.addEventListener('click', () => steps.doing(async () => {
    steps.showStatus('Signing out');
    await api.signOut();
    forget();
    steps.message('You are signed out', 'This browser is not signed in any more.');
  }, problem => {
    steps.message('You are not signed out', wordsForFree(problem));
  }));
}
