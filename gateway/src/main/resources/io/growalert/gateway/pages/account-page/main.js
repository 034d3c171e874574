// The account page: signs in, loads what it shows, and shows it again after each change.

import * as register from '../register/api.js';
import {showBanner} from '../register/banner.js';
import {emailIn, refuseEmail, watchEmail} from '../register/email.js';
import {takeReturned} from '../register/returned.js';
import {signOutBy} from '../register/sign-out.js';
import * as steps from '../register/steps.js';
import * as store from '../register/store.js';
import {wordsForFree} from '../register/words.js';
import * as api from './api.js';
import {cardReturned, showCard, watchCardForm} from './card.js';
import {onSignedOut} from './cards.js';
import {showDue, showInvoices, watchInvoices} from './invoices.js';
import {showOrders} from './orders.js';
import {confirmed} from './payment.js';
import {showPersonal} from './personal.js';
import {hasPlan, showPlan} from './plan.js';
import {isSignedOut} from './words.js';

const byId = id => document.getElementById(id);
const returned = takeReturned();
let account = null;
let orders = [];

function showAccount() {
  showDue(account, payments(({openInvoice}) => openInvoice?.id !== account.openInvoice?.id));
  showPlan(account, {...payments(isChanged()), show: () => showPlanAgain()});
  showCard(account);
  showPersonal(account, {erased});
}

function showPlanAgain() {
  showAccount();
  byId('plan-title').focus();
}

/** Whether a later account has another plan. */
function isChanged() {
  const before = account.subscription?.price?.id;
  return ({subscription}) => subscription?.price?.id !== before;
}

/** @param isOver whether an account shows the result of a payment */
const payments = isOver => ({reload: reloadAll, confirm: answer => confirmed(answer, isOver)});

async function reloadAll() {
  const [latest, page] = await Promise.all([api.account(), api.invoices(null)]);
  account = latest;
  showAccount();
  showInvoices(page);
  return account;
}

async function reloadOrders() {
  orders = await api.orders();
  showOrders(orders, ORDERS);
}

const ORDERS = {reload: reloadOrders, show: () => showOrders(orders, ORDERS)};

async function load() {
  steps.showStatus('Loading');
  byId('loading').querySelector('.retry').hidden = true;
  await Promise.all([reloadAll(), reloadOrders()]);
  byId('sign-out').hidden = false;
  steps.show('overview', {focus: false});
}

function failed(problem) {
  if (isSignedOut(problem)) {
    ask(problem);
    return;
  }
  steps.problem('loading', wordsForFree(problem));
  byId('loading').querySelector('.retry').hidden = false;
}

/** Asks for the address. An expired session says whose it was. */
function ask({code}) {
  byId('expired').hidden = code !== 'session_expired';
  byId('renew').hidden = code !== 'session_expired';
  byId('sign-out').hidden = true;
  steps.show('ask');
}

function erased() {
  store.forget();
  byId('sign-out').hidden = true;
  steps.message('Your account is deleted', `${hasPlan(account) ? 'Your plan has ended, and you' : 'You'} are signed out. You can close this page.`);
}

const onAsk = work => steps.doing(work, problem => {
  if (problem.field === 'email') refuseEmail();
  else steps.problem('ask', wordsForFree(problem));
});

async function sendLink() {
  const email = emailIn();
  if (!email) return;
  steps.showStatus('Sending the link');
  await register.signIn(email);
  steps.linkSent();
}

async function renew() {
  steps.showStatus('Sending the link');
  await register.renewSession();
  steps.message('Check your mail', 'A link is on its way to your e-mail address. It is valid for 15 minutes.', 'You can close this tab.');
}

async function start() {
  await steps.doing(load, failed);
  if (account && returned?.intent === 'setup') {
    await cardReturned(returned, {reload: reloadAll});
  }
}

byId('ask').querySelector('form').addEventListener('submit', event => {
  event.preventDefault();
  void onAsk(sendLink);
});
byId('renew').querySelector('button').addEventListener('click', () => onAsk(renew));
byId('loading').querySelector('.retry').addEventListener('click', () => start());
watchEmail();
watchInvoices();
watchCardForm({reload: reloadAll, show: () => showCard(account)});
onSignedOut(ask);
signOutBy(byId('sign-out'));
register.pageConfig().then(showBanner, () => showBanner({stripe: false}));
void start();
