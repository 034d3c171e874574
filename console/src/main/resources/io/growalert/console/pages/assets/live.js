// GET /api/live: counters of what changed, from one stream per browser. Without it pages poll.

import {oneTab, share, shared} from './tabs.js';

/** Two beats and a half. */
const SILENCE_MILLIS = 25_000;
const RETRY_MILLIS = 30_000;
/** After a clean end, so that the browsers of an office do not reconnect together. */
const REOPEN_MILLIS = 3_000;

const KINDS = ['results', 'alerts', 'notifications', 'monitors'];

const listeners = new Set();
let counters = {};
let heardAt = -Infinity;

/** @param listener is called with the set of kinds that changed: results, alerts, notifications, monitors */
export function onMoved(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether changes are pushed. */
export const isLive = () => performance.now() - heardAt < SILENCE_MILLIS;

function notify(kinds) {
  const moved = new Set(kinds);
  for (const listener of [...listeners]) listener(moved);
}

/** This tab changed something: its regions and those of the other tabs read again. */
export function changed(...kinds) {
  notify(kinds);
  share({changed: kinds});
}

function hear(kinds) {
  heardAt = performance.now();
  if (kinds.length > 0) notify(kinds);
}

function heard(kinds) {
  hear(kinds);
  share({live: kinds});
}

function movedIn(json) {
  const next = JSON.parse(json);
  const moved = KINDS.filter(kind => counters[kind] !== undefined && counters[kind] !== next[kind]);
  const isFirst = Object.keys(counters).length === 0;
  counters = next;
  return isFirst ? [] : moved;
}

function open() {
  let source = null;
  let timer = null;
  const later = millis => {
    source?.close();
    source = null;
    clearTimeout(timer);
    timer = setTimeout(connect, millis * (0.75 + Math.random() / 2));
  };
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => later(0), SILENCE_MILLIS);
  };
  const connect = () => {
    source = new EventSource('/api/live');
    alive();
    source.addEventListener('change', ({data}) => {
      alive();
      heard(movedIn(data));
    });
    source.addEventListener('beat', () => {
      alive();
      heard([]);
    });
    source.addEventListener('bye', () => later(REOPEN_MILLIS));
    source.addEventListener('error', () => later(source.readyState === EventSource.CLOSED ? RETRY_MILLIS : REOPEN_MILLIS));
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

let isStarted = false;

export function start() {
  if (isStarted) return;
  isStarted = true;
  shared(message => {
    if (message.live) hear(message.live);
    if (message.changed) notify(message.changed);
  });
  oneTab('growalert-live', open);
}
