// For admins: customers, orders of devices, and Stripe events that could not be applied. What is searched for is personal data, so it is
// no part of the page's address.

import * as api from '../api.js';
import {h, setChildren, setText} from '../dom.js';
import {ask} from '../elements/dialog.js';
import {region} from '../elements/region.js';
import {time} from '../elements/time.js';
import {watch} from '../fresh.js';
import {icon} from '../icons.js';
import {count, several} from '../words.js';
import {records} from './customer-records.js';
import {money} from './money.js';
import {addressLines, refund, ship} from './order-changes.js';
import {tableRow} from './table-row.js';

const VIEWS = [['customers', 'Customers'], ['orders', 'Orders'], ['events', 'Parked events']];
const STATUSES = ['pending', 'awaiting_confirmation', 'processing', 'paid', 'canceled'];
const SHIPPING = ['open', 'address_missing', 'shipped', 'unknown', 'refunded', 'canceled', 'none'];
const PAGE_SIZE = 50;
const TYPING_MILLIS = 300;
const CUSTOMER_COLUMNS = ['Customer', 'Name', 'Subscription', 'Orders', 'Created', 'Records'];
const ORDER_COLUMNS = ['Order', 'Customer', 'Status', 'Devices', 'Amount', 'Refunded', 'Shipping', 'Created', 'Changes'];
const EVENT_COLUMNS = ['Event', 'Type', 'Customer', 'Why', 'Attempts', 'Received'];

export default {
  title: 'Customers',
  render(root, context) {
    if (!context.session.can('admin')) {
      root.append(h('h1', {}, 'Customers'), h('p', {class: 'empty'}, 'Only admins see customers and orders.'));
      return () => {};
    }
    const view = VIEWS.find(([name]) => name === context.query.get('view'))?.[0] ?? 'customers';
    root.append(h('h1', {}, 'Customers and orders'), h('nav', {class: 'tabs', 'aria-label': 'Views'}, VIEWS.map(([name, words]) =>
      h('a', {href: api.address('/console/customers', {view: name === 'customers' ? '' : name}), 'aria-current': name === view && 'page'}, words))));
    const shown = view === 'events' ? new Events() : new Listing(view);
    root.append(shown.region);
    return shown.start();
  },
};

const word = status => `${status[0].toUpperCase()}${status.slice(1).replaceAll('_', ' ')}`;

const GOOD = new Set(['active', 'trialing', 'paid', 'shipped']);
const WRONG = new Set(['past_due', 'unpaid', 'canceled', 'incomplete_expired', 'disputed', 'address_missing']);

/** The word carries the meaning; the colour only repeats it. */
const tag = status => h('span', {class: `tag ${GOOD.has(status) ? 'good' : WRONG.has(status) ? 'wrong' : ''}`}, word(status));

/** Customers or orders: searched and paged by the server. */
class Listing {
  #view;
  #search = '';
  #status = '';
  #state = '';
  #cursors = [''];
  #stop = () => {};
  #typing = null;
  #body = h('tbody');
  #none = h('p', {class: 'empty', hidden: true});
  #done = h('p', {class: 'done', role: 'status'});
  #paging = h('nav', {class: 'paging', 'aria-label': 'Pages'});

  constructor(view) {
    this.#view = view;
    const isOrders = view === 'orders';
    this.region = region({heading: isOrders ? 'Orders' : 'Customers', name: view, service: 'The billing-service'});
    const search = h('input', {type: 'search', name: 'search', 'aria-label': `Search ${view}`, placeholder: 'Begin of an id, e-mail or name',
      autocomplete: 'off', spellcheck: false, maxLength: 320, 'data-search': '', oninput: () => {
        clearTimeout(this.#typing);
        this.#typing = setTimeout(() => this.#change({search: search.value.trim()}), TYPING_MILLIS);
      }});
    const choice = (label, name, values) => h('label', {}, `${label} `,
      h('select', {name, onchange: event => this.#change({[name]: event.target.value})},
        h('option', {value: ''}, 'Any'), values.map(one => h('option', {value: one}, word(one)))));
    const filters = isOrders ? [choice('Status', 'status', STATUSES), choice('Shipping', 'state', SHIPPING)] : [];
    const columns = isOrders ? ORDER_COLUMNS : CUSTOMER_COLUMNS;
    const form = h('form', {class: 'toolbar', role: 'search', onsubmit: event => event.preventDefault()},
      h('div', {class: 'search'}, icon('search'), search), filters);
    this.region.body.append(form, this.#done,
      h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': `Table of ${view}`}, h('table', {class: 'listing cards'},
        h('thead', {}, h('tr', {}, columns.map(name => h('th', {scope: 'col'}, name)))), this.#body)),
      this.#none, this.#paging);
  }

  start() {
    this.#watch();
    return () => {
      clearTimeout(this.#typing);
      this.#stop();
    };
  }

  #change({search = this.#search, status = this.#status, state = this.#state}) {
    if (search === this.#search && status === this.#status && state === this.#state) return;
    this.#search = search;
    this.#status = status;
    this.#state = state;
    this.#cursors = [''];
    this.#watch();
  }

  #watch() {
    this.#stop();
    const params = {search: this.#search, status: this.#status, state: this.#state, cursor: this.#cursors.at(-1), limit: PAGE_SIZE};
    this.#stop = watch(this.region, signal => api.get(`/api/billing/${this.#view}`, params, {signal}), ({data}) => this.#show(data));
  }

  #show(data) {
    const items = data[this.#view];
    const first = (this.#cursors.length - 1) * PAGE_SIZE + 1;
    setChildren(this.#body, items.map(item => (this.#view === 'orders' ? orderRow(item, this.#changes(item)) : customerRow(item))));
    this.#none.hidden = items.length > 0;
    setText(this.#none, this.#search || this.#status || this.#state ? `No ${this.#view} match.` : `There are no ${this.#view} yet.`);
    const go = cursors => () => {
      this.#cursors = cursors;
      this.#watch();
      this.region.scrollIntoView({block: 'start'});
    };
    setChildren(this.#paging,
      this.#cursors.length > 1 ? h('button', {type: 'button', onclick: go(this.#cursors.slice(0, -1))}, 'Previous page') : null,
      items.length > 0 ? h('span', {class: 'paging-words'},
        `${count(first)} to ${count(first + items.length - 1)}${data.next ? ', and more' : ''}`) : null,
      data.next ? h('button', {type: 'button', onclick: go([...this.#cursors, data.next])}, 'Next page') : null);
  }

  /** The buttons of what an admin can do with an order now. */
  #changes(order) {
    const {id, status, shippingState, amount, refundedAmount, currency} = order;
    const changed = words => {
      setText(this.#done, words);
      this.#stop.refresh();
    };
    const shipping = async () => {
      if (await ship(order)) changed(`Order ${id} is shipped.`);
    };
    const refunding = async () => {
      const made = await refund(order);
      if (made) changed(`${money(made.amount, currency)} of order ${id} is refunded. The list shows it in a moment.`);
    };
    const isShippable = ['open', 'address_missing', 'shipped', 'unknown'].includes(shippingState);
    return [
      isShippable ? h('button', {type: 'button', 'aria-label': `${shippingState === 'shipped' ? 'Tracking of' : 'Ship'} ${id}`, onclick: shipping},
        shippingState === 'shipped' ? 'Tracking' : 'Ship') : null,
      status === 'paid' && refundedAmount < amount
        ? h('button', {type: 'button', 'aria-label': `Refund ${id}`, onclick: refunding}, 'Refund') : null,
    ];
  }
}

const person = (id, email) => [email ? h('bdi', {}, email) : h('span', {class: 'quiet'}, 'erased'), id ? h('code', {class: 'id'}, id) : null];

function customerRow({id, email, name, deleted, createdAt, subscription, orders}) {
  return tableRow(CUSTOMER_COLUMNS,
    h('th', {scope: 'row'}, person(id, email)),
    h('td', {}, name ? h('bdi', {}, name) : '', deleted ? tag('deleted') : null),
    h('td', {}, subscription
      ? [tag(subscription.status), subscription.cancelAt ? h('span', {class: 'quiet'}, ' ends ', time(subscription.cancelAt)) : null]
      : h('span', {class: 'quiet'}, 'none')),
    h('td', {class: 'number'}, count(orders)),
    h('td', {}, createdAt ? time(createdAt) : ''),
    h('td', {}, h('button', {type: 'button', 'aria-label': `Records of ${email ?? id}`, onclick: () => records(id)}, 'Records')));
}

function orderRow(order, changes) {
  const {id, customer, email, status, quantity, amount, currency, refundedAmount, disputed, createdAt} = order;
  return tableRow(ORDER_COLUMNS,
    h('th', {scope: 'row'}, h('code', {class: 'id'}, id)),
    h('td', {}, person(customer, email)),
    h('td', {}, tag(status), disputed ? tag('disputed') : null),
    h('td', {class: 'number'}, count(quantity)),
    h('td', {class: 'number'}, money(amount, currency)),
    h('td', {class: 'number'}, refundedAmount > 0 ? money(refundedAmount, currency) : ''),
    h('td', {}, shippingOf(order)),
    h('td', {}, time(createdAt)),
    h('td', {}, h('div', {class: 'actions'}, changes)));
}

function shippingOf({shippingState, shippedAt, tracking, shipping}) {
  return [
    shippingState === 'none' ? null : tag(shippingState),
    shippedAt ? h('span', {class: 'quiet'}, ' ', time(shippedAt)) : null,
    tracking ? h('div', {}, h('bdi', {}, tracking)) : null,
    shipping ? h('div', {class: 'quiet'}, h('bdi', {}, addressLines(shipping).join(', '))) : null,
  ];
}

/** Parked Stripe events, which an admin can have applied again. */
class Events {
  #chosen = new Set();
  #events = [];
  #body = h('tbody');
  #none = h('p', {class: 'empty', hidden: true}, 'No event is parked: all were applied.');
  #more = h('p', {class: 'hint', hidden: true}, 'There are more. Replay all applies those too.');
  #done = h('p', {class: 'done', role: 'status'});
  #some = h('button', {type: 'button', disabled: true, onclick: () => this.#replay([...this.#chosen])}, 'Replay selected');
  #all = h('button', {type: 'button', disabled: true, onclick: () => this.#replay(null)}, 'Replay all');
  #table = h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Table of parked events'}, h('table', {class: 'listing cards'},
    h('thead', {}, h('tr', {}, EVENT_COLUMNS.map(name => h('th', {scope: 'col'}, name)))),
    this.#body));
  #watching = null;
  region = region({heading: 'Parked events', name: 'events', service: 'The billing-service', actions: [this.#some, this.#all]});

  start() {
    this.region.body.append(this.#done, this.#table, this.#none, this.#more);
    this.#watching = watch(this.region, signal => api.get('/api/billing/events', {state: 'parked', limit: 200}, {signal}),
      answer => this.#show(answer));
    return this.#watching;
  }

  #show({data, next}) {
    this.#events = data;
    const present = new Set(data.map(({id}) => id));
    this.#chosen = new Set([...this.#chosen].filter(id => present.has(id)));
    setChildren(this.#body, data.map(event => this.#row(event)));
    this.#table.hidden = data.length === 0;
    this.#none.hidden = data.length > 0;
    this.#more.hidden = !next && data.length < 200;
    this.#count();
  }

  #count() {
    this.#some.disabled = this.#chosen.size === 0;
    this.#all.disabled = this.#events.length === 0;
    setText(this.#some, this.#chosen.size > 0 ? `Replay ${count(this.#chosen.size)}` : 'Replay selected');
  }

  #row({id, type, customer, error, attempts, receivedAt}) {
    const box = h('input', {type: 'checkbox', checked: this.#chosen.has(id), 'aria-label': `Select ${id}`, onchange: () => {
      if (box.checked) this.#chosen.add(id);
      else this.#chosen.delete(id);
      this.#count();
    }});
    return tableRow(EVENT_COLUMNS,
      h('th', {scope: 'row'}, h('label', {class: 'check'}, box, h('code', {class: 'id'}, id))),
      h('td', {}, h('code', {}, type)), h('td', {}, customer ? h('code', {class: 'id'}, customer) : ''),
      h('td', {class: 'why'}, error ?? ''), h('td', {class: 'number'}, count(attempts)), h('td', {}, time(receivedAt)));
  }

  /** @param ids null for all parked events */
  async #replay(ids) {
    const which = ids ? several(ids.length, 'parked event') : 'all parked events';
    const outcome = await ask({
      heading: `Replay ${which}?`,
      content: h('p', {}, 'Each is applied again. One that fails again is parked again.'),
      action: 'Replay',
      submit: () => api.send('POST', '/api/billing/events/replay', ids ? {ids} : {}),
    });
    if (!outcome) return;
    this.#chosen.clear();
    this.#count();
    setText(this.#done, `${several(outcome.replayed, 'event')} ${outcome.replayed === 1 ? 'is' : 'are'} due again.`);
    this.#watching.refresh();
  }
}
