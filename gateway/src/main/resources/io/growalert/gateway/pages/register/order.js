// The order form: e-mail address, plan, number of devices.

import {emailProblems, typedEmail, watchEmail} from './email.js';
import {money, nameOf, priceOf, showSum} from './money.js';
import * as steps from './steps.js';

const byId = id => document.getElementById(id);

/** Without a price of devices, a plan alone can be ordered. */
export function showOrder(config, registration, options) {
  const {device} = config;
  byId('email').value ||= registration.email;
  showPlans(config.prices, registration.priceId);
  byId('quantity').closest('.field').hidden = !device;
  byId('quantity').value = String(device ? registration.quantity : 0);
  if (device) {
    byId('quantity').max = device.maxQuantity;
    byId('quantity-help').textContent =
      `${money(device.unitAmount, device.currency)} each, paid once. 0 to ${device.maxQuantity}; 0 if you have devices already.`;
  }
  showOrderSum(config);
  steps.show('details', options);
}

function showPlans(prices, chosen) {
  const checked = prices.find(price => price.id === chosen) ?? prices[0];
  byId('plans').querySelector('.choices').replaceChildren(...prices.map(price => {
    const label = document.createElement('label');
    label.className = 'choice';
    const input = Object.assign(document.createElement('input'), {type: 'radio', name: 'plan', value: price.id});
    input.checked = price === checked;
    input.setAttribute('aria-describedby', 'plans-problem');
    const name = Object.assign(document.createElement('span'), {className: 'name', textContent: nameOf(price)});
    const amount = Object.assign(document.createElement('span'), {textContent: priceOf(price)});
    const what = Object.assign(document.createElement('span'), {className: 'what'});
    what.append(name, ' ', amount);
    label.append(input, what);
    return label;
  }));
}

function typed() {
  return {
    email: typedEmail(),
    priceId: document.querySelector('input[name="plan"]:checked')?.value,
    quantity: Number(byId('quantity').value || NaN),
  };
}

/** @param device null: none can be ordered at present */
const isQuantity = (quantity, device) => Number.isInteger(quantity) && quantity >= 0 && quantity <= (device?.maxQuantity ?? 0);

export function showOrderSum(config) {
  const {priceId, quantity} = typed();
  const price = config.prices.find(each => each.id === priceId);
  const devices = isQuantity(quantity, config.device) ? quantity : 0;
  steps.showDelivery(devices > 0);
  byId('details').querySelector('.main').textContent = devices > 0 ? 'Continue to delivery' : 'Continue to payment';
  showSum(byId('details-sum'), {...config, price, quantity: devices});
}

function problemsOf(order, {device}) {
  const problems = emailProblems(order.email);
  if (!order.priceId) problems.plans = 'Choose a plan.';
  if (!isQuantity(order.quantity, device)) problems.quantity = `Enter a whole number from 0 to ${device.maxQuantity}.`;
  return problems;
}

/** The order in the form, or null after the invalid fields were marked. */
export function filledIn(config) {
  const order = typed();
  return steps.fieldProblems(problemsOf(order, config)) ? null : order;
}

/** Each message disappears as soon as its field is corrected. @param config as the last one that was shown */
export function watchFields(config) {
  watchEmail();
  for (const id of ['plans', 'quantity']) steps.clearsWhenValid(id, () => problemsOf(typed(), config)[id]);
}
