// Changes of an order of devices in a dialog: shipped, and refunded.

import * as api from '../api.js';
import {h} from '../dom.js';
import {Refused, ask, field} from '../elements/dialog.js';
import {money, plain, typed} from './money.js';

const path = (id, change) => `/api/billing/orders/${encodeURIComponent(id)}/${change}`;

/** The lines of an address, as a label has them. */
export const addressLines = ({name, line1, line2, postalCode, city, state, country, phone}) =>
  [name, line1, line2, [postalCode, city].filter(Boolean).join(' '), [state, country].filter(Boolean).join(', '), phone].filter(Boolean);

const address = shipping => h('address', {}, addressLines(shipping).map(line => h('div', {}, h('bdi', {}, line))));

/** @returns a promise of whether the order was changed */
export async function ship(order) {
  const isShipped = order.shippedAt !== null;
  const notify = h('input', {type: 'checkbox', name: 'notify', checked: true});
  const outcome = await ask({
    heading: isShipped ? 'Change the tracking?' : 'Mark the order as shipped?',
    content: [
      h('p', {}, 'Order ', h('code', {}, order.id)),
      order.shipping ? address(order.shipping) : h('p', {class: 'notice'}, 'No address is known: the customer has not given one.'),
      field('Tracking', h('input', {name: 'tracking', type: 'text', maxLength: 200, autocomplete: 'off', value: order.tracking ?? ''}),
        'Optional. The customer sees it.'),
      isShipped ? null : h('label', {class: 'check'}, notify, 'Notify the customer by mail'),
    ].filter(Boolean),
    action: isShipped ? 'Change' : 'Mark as shipped',
    submit: form => api.send('POST', path(order.id, 'shipped'),
      {tracking: form.get('tracking').trim() || null, notify: notify.checked}),
  });
  return outcome !== undefined;
}

/** @returns a promise of the refund, or of undefined when the dialog was closed */
export function refund(order) {
  const left = order.amount - order.refundedAmount;
  // one for each amount, so that a refund whose answer was lost is not made twice
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
  return ask({
    heading: 'Refund the order?',
    isDangerous: true,
    content: [
      h('p', {}, 'Order ', h('code', {}, order.id), ', paid with ', money(order.amount, order.currency), '. A refund cannot be undone.'),
      field(`Amount in ${order.currency.toUpperCase()}`,
        h('input', {name: 'amount', type: 'text', inputMode: 'decimal', autocomplete: 'off', required: true, value: plain(left, order.currency)}),
        `At most ${money(left, order.currency)}.`),
    ],
    action: 'Refund',
    submit: form => {
      const amount = typed(form.get('amount'), order.currency);
      if (amount === null || amount < 1 || amount > left) {
        throw new Refused('amount', `Enter an amount of at most ${money(left, order.currency)}.`);
      }
      return api.send('POST', path(order.id, 'refund'), {amount}, {key: `${key}-${amount}`});
    },
  });
}
