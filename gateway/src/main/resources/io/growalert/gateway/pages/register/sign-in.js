// Signs in the customer who opens a sign-in link and presses the button, and requests such links. Opening the page changes
// nothing: mail scanners open links, too.

import * as api from './api.js';
import {emailIn, refuseEmail, watchEmail} from './email.js';
import {Registration} from './registration.js';
import {signOutBy} from './sign-out.js';
import * as steps from './steps.js';
import {takeToken} from './token.js';
import {wordsForFree} from './words.js';

const byId = id => document.getElementById(id);
let token = null;

function begin(options) {
  token = takeToken();
  steps.show(token ? 'confirm' : 'ask', options);
}

async function signIn() {
  steps.showStatus('Signing in');
  try {
    const {page} = (await api.confirmSignIn(token)).json;
    location.replace(ownPage(page));
  } catch (problem) {
    if (problem.code !== 'link_invalid') throw problem;
    token = null;
    steps.show('ask');
    steps.problem('ask', 'This link no longer works. A link is valid for 15 minutes and for one sign-in. Request another one.');
  }
}

const REGISTRATION = '/register.html';
const ACCOUNT = '/account.html';

/**
 * A page of this site; any other address in the response is ignored. A registration that was begun in this browser continues;
 * other customers get their account.
 */
function ownPage(page) {
  const url = new URL(page, location.origin);
  const path = url.origin === location.origin ? url.pathname : ACCOUNT;
  if (path !== REGISTRATION && path !== ACCOUNT) return path;
  return new Registration().isBegun ? REGISTRATION : ACCOUNT;
}

async function sendLink() {
  const email = emailIn();
  if (!email) return;
  steps.showStatus('Sending the link');
  await api.signIn(email);
  steps.linkSent();
}

function doing(step, work) {
  return steps.doing(work, problem => {
    if (problem.field === 'email') refuseEmail();
    else steps.problem(step, wordsForFree(problem));
  });
}

function onSubmit(step, work) {
  byId(step).querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    void doing(step, work);
  });
}

onSubmit('confirm', signIn);
onSubmit('ask', sendLink);
watchEmail();
signOutBy(byId('sign-out'));
// another link, opened in this tab, is the same page
window.addEventListener('hashchange', () => location.hash && begin());
begin({focus: false});
