// The button that ends the session.

import * as api from './api.js';
import {Registration} from './registration.js';
import * as steps from './steps.js';
import * as store from './store.js';
import {wordsForFree} from './words.js';

/** The next user of this browser sees nothing of an order, unless it may have been paid and is not finished; never where it goes. */
function forget() {
  store.forgetDelivery();
  const registration = new Registration();
  if (registration.isFinished || !registration.mayHavePaid) store.forget();
}

export function signOutBy(button) {
  button.addEventListener('click', () => steps.doing(async () => {
    steps.showStatus('Signing out');
    await api.signOut();
    forget();
    steps.message('You are signed out', 'This browser is no longer signed in.');
  }, problem => {
    steps.message('You are not signed out', wordsForFree(problem));
  }));
}
