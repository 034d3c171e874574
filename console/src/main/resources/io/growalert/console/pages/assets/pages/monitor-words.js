// How a monitor, its series and its receivers are written.

import {h} from '../dom.js';
import {icon} from '../icons.js';
import {duration, moment, several} from '../words.js';
import {secondsOf} from './plot-data.js';

const LEAST_SILENCE_MILLIS = 60_000;

/**
 * The status to show at a time: what was not checked for three intervals did not pass.
 *
 * @returns {{kind: string, word: string|undefined}}
 */
export function shownStatus({status, lastSlot, every}, asOf) {
  if (!status) return {kind: 'UNKNOWN', word: lastSlot ? 'Unknown' : 'Never checked'};
  const silence = Math.max(3_000 * (secondsOf(every) ?? 0), LEAST_SILENCE_MILLIS);
  const isLate = lastSlot && asOf - Date.parse(lastSlot) > silence;
  if (isLate && (status === 'PASSED' || status === 'DEGRADED')) return {kind: 'MISSED', word: undefined};
  return {kind: status, word: undefined};
}

/** Such as `room=north-1, site=farm`. */
export function seriesName(labels) {
  const names = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return names.length > 0 ? names.join(', ') : 'without labels';
}

/** Such as `Failed 2 of 3, fires at 09:00:37 if the next fails`; '' where nothing is about to fire. */
export function progressWords(progress) {
  if (!progress) return '';
  const {failed, of, firesAt} = progress;
  const begin = failed && of ? `Failed ${failed} of ${of}` : 'Failing';
  if (!firesAt) return begin;
  const rest = failed && of ? of - failed : 1;
  return `${begin}, fires at ${moment(firesAt)} if ${rest > 1 ? `the next ${rest} fail` : 'the next fails'}`;
}

/** Who is notified when it fires: names, the routes, or a warning that there is no receiver. */
export function receiversOf({receivers = [], routed}) {
  if (receivers.length === 0 && !routed) {
    return h('span', {class: 'warning'}, icon('DEGRADED'), h('span', {}, 'No receiver'));
  }
  const names = receivers.map((name, index) => [index > 0 ? ', ' : null, h('bdi', {}, name)]);
  return h('span', {class: 'receivers'}, icon('receivers'), h('span', {class: 'unseen'}, 'Notifies '), names,
    routed ? h('span', {class: 'quiet'}, names.length > 0 ? ' and by routes' : 'by routes') : null);
}

/** Such as `every 30 s from farm-db`. */
export function scheduleOf({every, source}) {
  const interval = secondsOf(every);
  if (source === 'push') return 'published by a service';
  return `${interval ? `every ${duration(interval * 1000)}` : ''} from ${source}`;
}

/** A template without a series' labels says nothing, so it is not shown. */
export function aboutOf(monitor) {
  if (monitor.error) return monitor.error;
  if (monitor.summary && !monitor.summary.includes('{{')) return monitor.summary;
  return `${seriesCount(monitor.series)}, ${scheduleOf(monitor)}`;
}

export const seriesCount = number => several(number, 'series', 'series');
