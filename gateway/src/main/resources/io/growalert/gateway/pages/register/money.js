// Amounts in a currency's smallest unit, and the price of an order, as text and as a list.

// Stripe counts these in whole units and in thousandths, and all others in hundredths, even where ISO 4217 differs.
// https://docs.stripe.com/currencies#zero-decimal
const WHOLE = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
const THOUSANDTHS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

const formats = new Map();

function decimalsOf(currency) {
  if (WHOLE.has(currency)) return 0;
  return THOUSANDTHS.has(currency) ? 3 : 2;
}

function formatOf(currency) {
  if (!formats.has(currency)) {
    const language = document.documentElement.lang;
    const decimals = decimalsOf(currency);
    const usual = new Intl.NumberFormat(language, {style: 'currency', currency}).resolvedOptions().minimumFractionDigits;
    formats.set(currency, new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      minimumFractionDigits: Math.min(usual, decimals),
      maximumFractionDigits: decimals,
    }));
  }
  return formats.get(currency);
}

export function money(amount, currency) {
  const name = currency.toUpperCase();
  return formatOf(name).format(amount / 10 ** decimalsOf(name));
}

export function nameOf(price) {
  const name = price.product?.name ?? price.nickname ?? price.lookup_key ?? '';
  return name.replace(/[-_]+/g, ' ').replace(/^./, first => first.toUpperCase()) || 'Plan';
}

/** Such as "Monthly plan", or the whole name of a plan such as "Greenhouse, by the year". */
export const planOf = price => (/^\w+$/.test(nameOf(price)) ? `${nameOf(price)} plan` : nameOf(price));

/** Such as "€19.00 a month". */
export function priceOf(price) {
  const {interval = 'period', interval_count: count = 1} = price.recurring ?? {};
  const every = count === 1 ? `a ${interval}` : `every ${count} ${interval}s`;
  return `${money(price.unit_amount, price.currency)} ${every}`;
}

export const devicesOf = quantity => `${quantity} monitor ${quantity === 1 ? 'device' : 'devices'}`;

function node(tag, text, ...children) {
  const made = document.createElement(tag);
  made.append(text, ...children);
  return made;
}

function line(name, amount) {
  return node('div', '', node('dt', name), node('dd', amount));
}

/**
 * Lists the amounts to pay, and returns the total, or null where there is none.
 *
 * @param device null: its price is not known at present
 * @param trialDays how long the plan is free at first
 * @param only what part of the order: the plan, the devices, or (without it) both
 * @param due {amount, currency} that Stripe charges for the plan, when it is known; it overrides the price
 */
export function showSum(place, {price, device, quantity, trialDays, only, due = null}) {
  const list = node('dl', '');
  const plan = only !== 'devices' && price;
  const today = [];
  const usual = plan ? {amount: trialDays > 0 ? 0 : price.unit_amount, currency: price.currency} : null;
  const first = due ?? usual;
  if (plan) {
    today.push([first.amount, first.currency]);
    list.append(line(planOf(price), money(first.amount, first.currency)));
  }
  if (quantity > 0 && device && only !== 'plan') {
    const amount = quantity * device.unitAmount;
    today.push([amount, device.currency]);
    list.append(line(`${devicesOf(quantity)}, ${money(device.unitAmount, device.currency)} each`,
      money(amount, device.currency)));
  }
  const total = totalOf(today);
  if (total !== null) {
    const last = line('Total today', total);
    last.className = 'total';
    list.append(last);
  }
  place.replaceChildren(list);
  if (plan && (first.amount !== usual.amount || first.currency !== usual.currency)) {
    place.append(node('p', `Your first payment for the plan is ${money(first.amount, first.currency)}, not `
      + `${money(usual.amount, usual.currency)}.`));
  }
  if (plan) {
    const both = today.length > 1;
    const then = trialDays > 0 ? `Free for ${trialDays} days, then` : 'Renews at';
    place.append(node('p', `${then} ${priceOf(price)}, until you cancel.${both ? TWO : ''}`));
  }
  return total;
}

const TWO = ' Plan and devices are two payments.';

/** Null where the parts have different currencies, or there are none. */
function totalOf(parts) {
  const currencies = new Set(parts.map(([, currency]) => currency));
  return currencies.size === 1
    ? money(parts.reduce((sum, [amount]) => sum + amount, 0), parts[0][1])
    : null;
}
