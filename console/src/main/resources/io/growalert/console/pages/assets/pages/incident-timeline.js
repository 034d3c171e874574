// The moments of an incident: what happened, and what is to come.

import {now} from '../clock.js';
import {h} from '../dom.js';
import {number, several} from '../words.js';

const TRANSITIONS = {firing: 'Fired', reminder: 'Still firing', resolved: 'Resolved'};

/**
 * The moments of an incident's report. The past is sorted from the latest on, the future from the next on.
 *
 * @returns {{past: object[], future: object[]}} of {at, kind, what, detail, isFuture}
 */
export function timeline({incident, transitions, silences, deliveries, acknowledgements, escalations}) {
  const names = new Map(silences.map(({id, comment}) => [id, comment]));
  const moments = [
    ...transitions.map(transition),
    ...deliveries.flatMap(delivery),
    ...acknowledgements.flatMap(acknowledgement),
    ...silences.flatMap(silence),
    ...escalations.flatMap(one => escalation(one, names)),
  ].filter(({at}) => at);
  const isOpen = incident.resolvedAt === null;
  return {
    past: moments.filter(({isFuture}) => !isFuture).sort((one, other) => Date.parse(other.at) - Date.parse(one.at)),
    future: moments.filter(({isFuture, needsOpen}) => isFuture && (isOpen || !needsOpen))
      .sort((one, other) => Date.parse(one.at) - Date.parse(other.at)),
  };
}

/** The moments that history-service stored from the topics, the latest first. */
export function storedMoments({transitions, notifications}) {
  return [
    ...transitions.map(({slot, ...rest}) => transition({receivedAt: slot, event: {slot, ...rest}})),
    ...notifications.map(({type, time: at, receiver, delivery: id, attempts, by, step}) => ({
      at,
      kind: STORED[type] ?? plain(type),
      what: [`${type[0].toUpperCase()}${type.slice(1).replaceAll('-', ' ')}`, receiver && [': ', bold(receiver)], by && [' by ', bold(by)],
        step > 0 && `, step ${step}`, attempts > 1 && `, ${several(attempts, 'attempt')}`],
      detail: id && `webhook-id ${id}`,
    })),
  ].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

/** The pictures of the types on growalert.notifications that have another name. */
const STORED = {
  'delivery-dropped': 'muted',
  'delivery-redriven': 'waiting',
  'incident-acknowledgement-ended': 'acknowledged',
  'silence-started': 'silenced',
  'silence-changed': 'silenced',
  'silence-ended': 'silenced',
};

/** delivery-parked as parked. */
const plain = type => type.slice(type.indexOf('-') + 1);

function transition({receivedAt, event}) {
  const value = event.value === undefined ? '' : ` at ${number(event.value, event.unit)}`;
  return {at: event.slot ?? receivedAt, kind: event.type, what: h('b', {}, `${TRANSITIONS[event.type] ?? event.type}${value}`), detail: event.reason};
}

const bold = name => h('b', {}, h('bdi', {}, name));

function delivery({receiver: to, state, attempts, createdAt, dueAt, finishedAt, detail, group}) {
  const of = group === null ? '' : ', in a message of its group';
  if (state === 'delivered') return [{at: finishedAt, kind: 'delivered', what: ['Delivered to ', bold(to), attempts > 1 ? `, attempt ${attempts}` : '', of], detail}];
  if (state === 'parked') return [{at: finishedAt, kind: 'parked', what: ['Parked: ', bold(to), ` after ${several(attempts, 'attempt')}`, of], detail}];
  if (state === 'muted') return [{at: finishedAt ?? createdAt, kind: 'muted', what: ['Not sent to ', bold(to), of], detail: detail ?? 'held by a silence until it no longer mattered'}];
  if (state === 'superseded') return [{at: finishedAt ?? createdAt, kind: 'muted', what: ['Superseded for ', bold(to), of], detail}];
  if (state === 'held') return [{at: createdAt, kind: 'held', what: ['Held: ', bold(to), of], detail}];
  return dueAt ? [{at: dueAt, kind: 'waiting', isFuture: true, what: [attempts > 0 ? `Attempt ${attempts + 1} to ` : 'Notifies ', bold(to), of], detail}] : [];
}

function acknowledgement({by, at, until, endedAt, comment}) {
  const moments = [{at, kind: 'acknowledged', what: ['Acknowledged by ', bold(by)], detail: comment}];
  if (endedAt) moments.push({at: endedAt, kind: 'acknowledged', what: ['Acknowledgement of ', bold(by), ' ended']});
  else if (until) moments.push({at: until, kind: 'waiting', isFuture: true, needsOpen: true, what: ['Acknowledgement of ', bold(by), ' ends']});
  return moments;
}

function silence({comment, createdBy, startsAt, endsAt, endedAt}) {
  const moment = (at, words, rest) => ({at, kind: 'silenced', what: [words, h('bdi', {}, comment), ' by ', h('bdi', {}, createdBy)], ...rest});
  const end = endedAt ?? endsAt;
  const begun = moment(startsAt, 'Silence: ');
  if (!end) return [begun];
  return [begun, Date.parse(end) > now() ? moment(end, 'Silence ends: ', {kind: 'waiting', isFuture: true}) : moment(end, 'Silence ended: ')];
}

function escalation({step, receivers, state, dueAt, postponedBy, notified, notifiedAt}, names) {
  const to = receivers.join(', ');
  const what = step === 0 ? 'Repeat to ' : `Escalation, step ${step}, to `;
  const moments = [];
  if (notifiedAt) moments.push({at: notifiedAt, kind: 'escalated', what: [what, bold(to), notified > 1 ? `, ${notified} times` : '']});
  if (state === 'waiting' && dueAt) {
    moments.push({
      at: dueAt,
      kind: 'escalated',
      isFuture: true,
      needsOpen: true,
      what: [what, bold(to)],
      detail: postponedBy.length > 0 ? `postponed: ${postponedBy.map(id => reason(id, names)).join(', ')}` : '',
    });
  }
  return moments;
}

const REASONS = {acknowledged: 'the incident is acknowledged', paused: 'the monitor is paused'};
const reason = (id, names) => REASONS[id] ?? `silence ${names.get(id) ?? id}`;
