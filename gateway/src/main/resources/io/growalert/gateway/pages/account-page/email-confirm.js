// Confirms a new e-mail address with the token in the link of a mail. Opening the page changes nothing: mail scanners open links, too.

import * as steps from '../register/steps.js';
import {takeToken} from '../register/token.js';
import {wordsForFree} from '../register/words.js';
import * as api from './api.js';

const byId = id => document.getElementById(id);
const ACCOUNT = {label: 'Go to my account', href: 'account.html'};
let token = null;

function begin(options) {
  token = takeToken();
  if (token) steps.show('confirm', options);
  else noLink();
}

function noLink() {
  steps.choice('This link does not work', ['A link is valid for a short time and works once. Change the address in your account again.'],
    [ACCOUNT]);
}

/** The address is another customer's by now, or none to which mail can be sent. */
const isRefused = ({code, field}) => code === 'sign_in_needed' || field === 'email';

function refused() {
  steps.choice('This address cannot be used', ['Your account keeps its address. Change it to another one in your account.'], [ACCOUNT]);
}

async function confirm() {
  steps.showStatus('Changing your address');
  try {
    await api.confirmEmail(token);
    steps.choice('Your address is changed', ['Sign-in links and receipts are sent to the new address.'], [ACCOUNT]);
  } catch (problem) {
    if (problem.code === 'link_invalid') noLink();
    else if (isRefused(problem)) refused();
    else throw problem;
  }
}

byId('confirm').querySelector('form').addEventListener('submit', event => {
  event.preventDefault();
  void steps.doing(confirm, problem => steps.problem('confirm', wordsForFree(problem)));
});
// another link, opened in this tab, is the same page
window.addEventListener('hashchange', () => location.hash && begin());
begin({focus: false});
