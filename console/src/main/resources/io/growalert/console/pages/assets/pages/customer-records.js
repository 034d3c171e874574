// A customer's records in a dialog: subscriptions, invoices, payments, charges, orders, refunds, disputes.

import * as api from '../api.js';
import {h, setChildren} from '../dom.js';
import {moment, sentence} from '../words.js';
import {money} from './money.js';

const KINDS = [['subscriptions', 'Subscriptions'], ['invoices', 'Invoices'], ['payments', 'Payments'], ['charges', 'Charges'],
  ['device_orders', 'Orders of devices'], ['refunds', 'Refunds'], ['disputes', 'Disputes']];
const TIME = /^\d{4}-\d\d-\d\dT/;
const AMOUNT = /(^|_)(amount|balance)($|_)/;

export function records(id) {
  const body = h('div', {}, h('p', {class: 'quiet'}, 'Loading'));
  const dialog = h('dialog', {class: 'ask wide', 'aria-labelledby': 'records-title'},
    h('h2', {id: 'records-title'}, 'Records of ', h('code', {}, id)), body,
    h('div', {class: 'actions'}, h('button', {type: 'button', class: 'main', onclick: () => dialog.close()}, 'Close')));
  const controller = new AbortController();
  dialog.addEventListener('close', () => {
    controller.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  api.get(`/api/billing/customers/${encodeURIComponent(id)}`, {}, {signal: controller.signal}).then(({data}) => {
    const tables = KINDS.filter(([name]) => data[name]?.length > 0).map(([name, words]) => table(words, data[name]));
    setChildren(body, tables.length > 0 ? tables : h('p', {class: 'quiet'}, 'There are no records.'));
  }).catch(problem => {
    if (controller.signal.aborted) return;
    if (problem.name !== 'Problem') reportError(problem);
    setChildren(body, h('p', {class: 'notice', role: 'alert'}, `The records could not be read. ${sentence(problem, 'The billing-service')}`));
  });
}

function table(words, rows) {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
    .filter(name => name !== 'customer' && rows.some(row => row[name] !== null && row[name] !== undefined));
  return h('section', {}, h('h3', {}, words), h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': words}, h('table', {},
    h('thead', {}, h('tr', {}, columns.map(name => h('th', {scope: 'col'}, name.replaceAll('_', ' '))))),
    h('tbody', {}, rows.map(row => h('tr', {}, columns.map(name => h('td', {}, text(name, row[name], row.currency)))))))));
}

function text(name, value, currency) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' && currency && AMOUNT.test(name)) return money(value, currency);
  if (typeof value === 'string') return TIME.test(value) ? moment(value) : value;
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : JSON.stringify(value);
}
