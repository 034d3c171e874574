// A row of an open incident.

import {h, setChildren} from '../dom.js';
import {labels} from '../elements/labels.js';
import {acknowledge, matchersOf, silence} from '../elements/silence-form.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {icon} from '../icons.js';
import * as session from '../session.js';
import {number, several} from '../words.js';

const pathOf = ({incident}) => `/console/incidents/${encodeURIComponent(incident)}`;

export const acts = {
  acknowledge: incident => acknowledge(incident),
  silence: incident => silence({matchers: matchersOf(incident), incident}),
};

export function createRow() {
  return h('li', {class: 'incident', 'data-row': true});
}

/** Draws it, and keeps the focus in it. */
export function updateRow(row, incident) {
  const focused = row.contains(document.activeElement) ? document.activeElement.dataset.part : null;
  row.incident = incident;
  const mayAct = session.can('operator');
  setChildren(row,
    state(incident.status),
    h('div', {class: 'incident-what'},
      h('a', {href: pathOf(incident), class: 'incident-name', 'data-main': true, 'data-part': 'name'}, h('bdi', {}, incident.summary || incident.reason)),
      labels([['monitor', incident.monitor], ...Object.entries(incident.series), ...Object.entries(incident.labels).filter(([name]) => !(name in incident.series))]),
      mark(incident)),
    h('span', {class: 'incident-value number'}, number(incident.value)),
    h('span', {class: 'incident-since quiet'}, time(incident.firingSince, 'since')),
    mayAct && h('div', {class: 'incident-acts'},
      !incident.acknowledged && h('button', {type: 'button', 'data-part': 'acknowledge', 'aria-label': 'Acknowledge', onclick: () => acts.acknowledge(incident)}, icon('acknowledged'), 'Ack'),
      h('button', {type: 'button', 'data-part': 'silence', onclick: () => acts.silence(incident)}, icon('silenced'), 'Silence')));
  if (focused) row.querySelector(`[data-part=${focused}]`)?.focus({preventScroll: true});
}

/** Why its monitor is paused, who knows, and what holds its notifications. */
function mark({paused, acknowledged, silences}) {
  return [
    paused && h('p', {class: 'mark paused'}, icon('held'), `Paused: ${paused}`),
    acknowledged && h('p', {class: 'mark acknowledged'}, icon('acknowledged'), 'Acknowledged by ', h('bdi', {}, acknowledged.by), ' ', time(acknowledged.at, 'ago'),
      acknowledged.until && [', until ', time(acknowledged.until)], acknowledged.comment && [': ', h('bdi', {class: 'cut'}, acknowledged.comment)]),
    silences?.length > 0 && h('p', {class: 'mark silenced'}, icon('silenced'), 'Notifications held by ',
      h('a', {href: `/console/silences?id=${encodeURIComponent(silences[0])}`}, several(silences.length, 'silence'))),
  ];
}

const hays = new WeakMap();

/** Whether all words are in the incident's texts; `label=value` is a word too. */
export function matches(incident, words) {
  let hay = hays.get(incident);
  if (hay === undefined) {
    const {monitor, summary, reason, series, labels: own, incident: id, status} = incident;
    const pairs = Object.entries({...own, ...series, monitor, status}).map(pair => pair.join('='));
    hay = [id, summary, reason, ...pairs].join('\n').toLowerCase();
    hays.set(incident, hay);
  }
  return words.every(word => hay.includes(word));
}
