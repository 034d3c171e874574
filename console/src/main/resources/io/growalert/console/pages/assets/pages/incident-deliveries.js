// The deliveries of an incident with their attempts.

import * as api from '../api.js';
import {h} from '../dom.js';
import {ask} from '../elements/dialog.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import * as live from '../live.js';
import * as session from '../session.js';
import {several} from '../words.js';

const WORDS = {
  pending: 'Pending',
  held: 'Held',
  muted: 'Not sent',
  superseded: 'Superseded',
  delivered: 'Delivered',
  parked: 'Parked',
};
const OUTCOMES = {delivered: 'delivered', retry: 'failed, is retried', refused: 'refused, is retried', rejected: 'rejected'};

/** The deliveries that were opened stay open when they are drawn again. */
const opened = new Set();

/** A list of a report's deliveries. */
export function deliveries({deliveries: all}) {
  if (all.length === 0) return h('p', {class: 'empty'}, 'No notification so far.');
  return h('ul', {class: 'rows'}, all.map(row));
}

function row(one) {
  const {id, receiver, state: at, attempts, createdAt, dueAt, finishedAt, detail, group, heldBy, attemptHistory} = one;
  const when = at === 'pending' && dueAt ? ['next attempt ', time(dueAt, 'until')]
    : finishedAt ? time(finishedAt) : ['since ', time(createdAt)];
  return h('li', {class: 'delivery', 'data-row': true},
    h('div', {class: 'delivery-head'}, state(at, WORDS[at]), h('b', {}, h('bdi', {}, receiver)), h('span', {class: 'quiet small'}, when),
      at === 'parked' && session.can('operator') && h('button', {type: 'button', onclick: () => redrive(one)}, 'Redrive')),
    detail && h('p', {class: 'small wrap'}, detail),
    heldBy.length > 0 && at === 'held' && h('p', {class: 'small quiet'}, 'Held by ', heldBy.map((hold, place) => [place > 0 && ', ',
      hold === 'acknowledged' ? 'the acknowledgement' : h('a', {href: `/console/silences?id=${encodeURIComponent(hold)}`}, 'a silence')])),
    h('details', {open: opened.has(id), ontoggle: event => (event.target.open ? opened.add(id) : opened.delete(id))},
      h('summary', {'data-main': true}, several(attempts, 'attempt'), group === null ? '' : ', message of a group'),
      h('dl', {class: 'facts small'}, h('dt', {}, 'webhook-id'), h('dd', {}, h('code', {}, id)), h('dt', {}, 'Created'), h('dd', {}, time(createdAt))),
      attemptHistory.length > 0 && h('ol', {class: 'attempts'}, attemptHistory.map(attempt)),
      attempts > attemptHistory.length && attemptHistory.length > 0 && h('p', {class: 'small quiet'}, `The latest ${attemptHistory.length} are shown.`)));
}

function attempt({attempt: number, startedAt, durationMs, outcome, status, answer}) {
  return h('li', {},
    h('span', {class: 'attempt-number'}, `${number}.`),
    h('span', {}, h('b', {}, OUTCOMES[outcome] ?? outcome), status === null ? ', no response' : `, status ${status}`),
    h('span', {class: 'quiet'}, time(startedAt), `, ${durationMs} ms`),
    answer && h('code', {class: 'wrap'}, answer));
}

/** Sends it again. What a later event made pointless needs a second confirmation. */
async function redrive({id, receiver}) {
  const path = `/api/deliveries/${encodeURIComponent(id)}/redrive`;
  let isSuperseded = false;
  const done = await ask({
    heading: 'Redrive',
    content: h('p', {}, 'Sends it to ', h('b', {}, h('bdi', {}, receiver)), ' again, with the same webhook-id.'),
    action: 'Redrive',
    async submit() {
      try {
        await api.send('POST', path);
      } catch (problem) {
        if (problem.code !== 'superseded') throw problem;
        isSuperseded = true;
      }
    },
  });
  if (done && isSuperseded) {
    await ask({
      heading: 'It is out of date',
      content: h('p', {}, 'A later event was delivered already, or the incident is resolved or acknowledged. Send it all the same?'),
      action: 'Send it',
      isDangerous: true,
      submit: () => api.send('POST', `${path}?force=true`),
    });
  }
  live.changed('notifications');
}
