// What was bought in this tab.

import * as api from './api.js';
import {showBanner} from './banner.js';
import {showSum} from './money.js';
import {Registration} from './registration.js';

const byId = id => document.getElementById(id);
const registration = Registration.restored();

function noteFor({isSubscriptionProcessing, devices}) {
  if (devices?.outcome === 'skipped') return 'You did not buy devices, and were not charged for any.';
  return isSubscriptionProcessing || devices?.outcome === 'processing'
    ? 'Your bank is still working on the payment. You need not do anything.'
    : '';
}

function showBought({price, device}) {
  const {email, quantity, devices, subscription} = registration;
  byId('email-bought').textContent = email ? ` for ${email}` : '';
  byId('subscription').textContent = subscription.id;
  byId('order').hidden = !devices?.reference;
  byId('order').querySelector('.reference').textContent = devices?.reference ?? '';
  showSum(byId('bought-sum'), {
    price,
    device,
    quantity: devices && devices.outcome !== 'skipped' ? quantity : 0,
    trialDays: device.trialDays,
  });
  byId('note').textContent = noteFor(registration);
  byId('note').hidden = !byId('note').textContent;
}

const shown = registration.bought ? 'bought' : 'nothing';
if (registration.bought) showBought(registration.bought);
byId(shown).hidden = false;
byId(`${shown}-title`).focus();
byId('again').addEventListener('click', () => Registration.forget());

// without an answer nobody knows, so it is shown
api.pageConfig().then(showBanner, () => showBanner({stripe: false}));
