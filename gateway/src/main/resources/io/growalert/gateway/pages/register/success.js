// The purchase of this tab.

import {addressLines} from './address.js';
import * as api from './api.js';
import {showBanner} from './banner.js';
import {devicesOf, showSum} from './money.js';
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

/** What happens next, in the order in which it does. */
function nextSteps({price, trialDays, quantity, existing, shipping, processing, devices}) {
  const next = [];
  if (quantity > 0) {
    const ordered = quantity === 1 ? 'your monitor device' : `your ${devicesOf(quantity)}`;
    const when = devices?.outcome === 'processing' ? ' when your bank has finished the payment' : '';
    next.push(shipping
      ? `We send ${ordered} to ${addressLines(shipping).join(', ')}${when}. You get a mail when ${quantity === 1 ? 'it is' : 'they are'} shipped.`
      : `Add the delivery address for ${ordered} in your account.`);
  }
  if (price && !existing) next.push(planStep(trialDays, processing));
  next.push('Your account has your invoices and receipts. You can change or cancel your plan there at any time.');
  return next;
}

function planStep(trialDays, processing) {
  if (processing) return 'Your plan starts when your bank has finished the payment.';
  return trialDays > 0
    ? `Your free trial lasts ${trialDays} days. If you cancel before it ends, you pay nothing for the plan.`
    : 'Your plan is active from now on.';
}

function showBought({price, device, trialDays, quantity, email, existing, devices, due}) {
  byId('outcome').textContent = isOnItsWay(bought)
    ? 'Your registration is complete, and your payment is on its way'
    : 'Your registration is complete';
  byId('email-bought').textContent = email ? ` for ${email}` : '';
  showSum(byId('bought-sum'), {price, device, trialDays, quantity, only: existing ? 'devices' : undefined, due});
  byId('note').textContent = noteFor({devices, processing: bought.processing});
  byId('note').hidden = !byId('note').textContent;
  byId('next').replaceChildren(...nextSteps(bought).map(text => Object.assign(document.createElement('li'), {textContent: text})));
}

const shown = bought ? 'bought' : 'nothing';
if (bought) showBought(bought);
byId(shown).hidden = false;
byId(`${shown}-title`).focus();
byId('again').addEventListener('click', () => store.forget());
signOutBy(byId('sign-out'));

// without a response the mode is unknown, so the banner is shown
api.pageConfig().then(showBanner, () => showBanner({stripe: false}));
