// The open incidents, with the silences that hold their notifications. Shared by all parts of a page, so that they are read once.

import * as api from './api.js';
import {shared} from './fresh.js';

const PAGE = 1_000;
/** Silences whose patterns the dispatcher matches for us. */
const PATTERNS = 100;
const AT_ONCE = 4;

/** By silence: the incidents that the dispatcher matched, and for what. */
const matchedBefore = new Map();
let known = new Map();

/** An answer's data is {incidents, silences, isCut}; an incident has `silences`, the active ones that match it. */
export const open = shared(load, {kinds: ['alerts', 'notifications']});

async function load(signal) {
  const [incidents, silences] = await Promise.all([
    api.list('/api/incidents', {state: 'open', limit: PAGE}, {signal}),
    api.list('/api/silences', {state: 'active', limit: PAGE}, {signal}),
  ]);
  const both = api.together([incidents, silences]);
  const matching = await matched(silences.data, incidents, signal);
  const data = {
    incidents: incidents.data.map(incident => stable(incident, matching)),
    silences: silences.data,
    isCut: incidents.isCut,
  };
  known = new Map(data.incidents.map(incident => [incident.incident, incident]));
  return {...both, data};
}

/** The same object as before when nothing in it changed, so that its row is not drawn again. */
function stable(incident, matching) {
  const silences = matching.filter(({test}) => test(incident)).map(({silence}) => silence.id);
  const next = {...incident, silences};
  const before = known.get(incident.incident);
  return before && JSON.stringify(before) === JSON.stringify(next) ? before : next;
}

async function matched(silences, incidents, signal) {
  const plain = [];
  const patterns = [];
  for (const silence of silences) {
    const parsed = silence.matchers.map(parse);
    if (parsed.every(matcher => matcher && !matcher.isPattern)) plain.push({silence, test: incident => parsed.every(one => one.test(labelsOf(incident)))});
    else patterns.push(silence);
  }
  const ids = new Map();
  const queue = patterns.slice(0, PATTERNS);
  await Promise.all(Array.from({length: Math.min(AT_ONCE, queue.length)}, async () => {
    for (let silence = queue.shift(); silence; silence = queue.shift()) ids.set(silence.id, await matchedByServer(silence, incidents, signal));
  }));
  for (const id of matchedBefore.keys()) if (!ids.has(id)) matchedBefore.delete(id);
  return [...plain, ...patterns.filter(({id}) => ids.has(id)).map(silence => (
    {silence, test: incident => ids.get(silence.id).has(incident.incident)}))];
}

/** Patterns are RE2's, which a browser does not have. */
async function matchedByServer(silence, incidents, signal) {
  const key = `${incidents.etag} ${silence.matchers.join('\n')}`;
  const before = matchedBefore.get(silence.id);
  if (before?.key === key && incidents.unchanged) return before.ids;
  const found = await api.list('/api/incidents', {state: 'open', limit: PAGE, match: silence.matchers}, {signal});
  const ids = new Set(found.data.map(({incident}) => incident));
  matchedBefore.set(silence.id, {key, ids});
  return ids;
}

/** A matcher of the text form `label=value`; null when it is none. */
export function parse(text) {
  const parts = /^\s*([^=!~\s]+)\s*(=~|!~|!=|=)([\s\S]*)$/.exec(text);
  if (!parts) return null;
  const [, label, operator, value] = parts;
  const equals = labels => (labels[label] ?? '') === value;
  return {label, operator, value, isPattern: operator.endsWith('~'), test: operator === '=' ? equals : labels => !equals(labels)};
}

/** The matcher of exactly this value. Line breaks and surrounding space, which a matcher's text cannot have, become a pattern. */
export function exactMatcher(label, value) {
  return value === value.trim() && !/[\r\n\u2028\u2029]/.test(value) ? `${label}=${value}` : `${label}=~${escaped(value)}`;
}

/** As RE2 reads it. */
const escaped = value => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&').replace(/\s/g, space => `\\x{${space.codePointAt(0).toString(16)}}`);

/** The labels of an incident's events, as routes and silences see them. */
export const labelsOf = ({labels, series, monitor, status}) => ({...labels, ...series, monitor, status});

/** firing, acknowledged or silenced; what is acknowledged needs no silence to be quiet. */
export function placeOf(incident) {
  if (incident.acknowledged) return 'acknowledged';
  return incident.silences.length > 0 ? 'silenced' : 'firing';
}
