// Money in a currency's smallest unit, and what an order costs, in words and as a list.

const formats = new Map();

function formatOf(currency) {
  if (!formats.has(currency)) {
    formats.set(currency, new Intl.NumberFormat(document.documentElement.lang, {style: 'currency', currency}));
  }
  return formats.get(currency);
}

export function money(amount, currency) {
  const format = formatOf(currency.toUpperCase());
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function nameOf(price) {
  const name = price.product?.name ?? price.nickname ?? price.lookup_key ?? '';
  return name.replace(/[-_]+/g, ' ').replace(/^./, first => first.toUpperCase()) || 'Plan';
}

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
 * Lists what is to be paid, and answers the total, or null where there is none.
 *
 * @param trialDays how long the plan is free at first
 * @param only what part of the order: the plan, the devices, or (without it) both
 */
export function showSum(place, {price, device, quantity, trialDays, only}) {
  const list = node('dl', '');
  const plan = only !== 'devices' && price;
  const today = [];
  if (plan) {
    const amount = trialDays > 0 ? 0 : price.unit_amount;
    today.push([amount, price.currency]);
    list.append(line(`${nameOf(price)} plan`, money(amount, price.currency)));
  }
  if (quantity > 0 && only !== 'plan') {
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
  if (plan) {
    const both = today.length > 1;
    const then = trialDays > 0 ? `Free for ${trialDays} days, then` : 'Renews at';
    place.append(node('p', `${then} ${priceOf(price)}, until you cancel.${both ? TWO : ''}`));
  }
  return total;
}

const TWO = ' Plan and devices are two payments.';

/** Null where the parts are of different currencies, or there is nothing. */
function totalOf(parts) {
  const currencies = new Set(parts.map(([, currency]) => currency));
  return currencies.size === 1
    ? money(parts.reduce((sum, [amount]) => sum + amount, 0), parts[0][1])
    : null;
}
