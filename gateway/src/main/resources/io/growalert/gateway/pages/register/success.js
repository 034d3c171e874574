// The purchase of this tab.

import * as api from './api.js';
import {showBanner} from './banner.js';
import {showSum} from './money.js';
import {signOutBy} from './sign-out.js';
import * as store from './store.js';

const byId = id => document.getElementById(id);
const bought = store.bought();

const isOnItsWay = ({processing, devices}) => processing || devices?.outcome === 'processing';

function noteFor({devices, processing}) {
  if (isOnItsWay({processing, devices})) {
    return 'Your bank has not finished the payment yet, which can take a few days. No action is needed: do not pay again.';
  }
  return devices?.outcome === 'skipped' ? 'You did not buy devices, and were not charged for any.' : '';
}

function showBought({price, device, trialDays, quantity, email, existing, devices, subscription, due}) {
  byId('outcome').textContent = isOnItsWay(bought)
    ? 'Your registration is complete, and your payment is on its way'
    : 'Your registration is complete';
  byId('email-bought').textContent = email ? ` for ${email}` : '';
  byId('subscription').textContent = subscription;
  byId('order').hidden = !devices?.reference;
  byId('order').querySelector('.reference').textContent = devices?.reference ?? '';
  showSum(byId('bought-sum'), {price, device, trialDays, quantity, only: existing ? 'devices' : undefined, due});
  byId('note').textContent = noteFor(bought);
  byId('note').hidden = !byId('note').textContent;
}

const shown = bought ? 'bought' : 'nothing';
if (bought) showBought(bought);
byId(shown).hidden = false;
byId(`${shown}-title`).focus();
byId('again').addEventListener('click', () => store.forget());
signOutBy(byId('sign-out'));

// without a response the mode is unknown, so the banner is shown
api.pageConfig().then(showBanner, () => showBanner({stripe: false}));
