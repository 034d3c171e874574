// How a monitor, its series and its receivers are written.

import {h} from '../dom.js';
import {icon} from '../icons.js';
import {duration, moment, several} from '../words.js';
import {secondsOf} from './plot-data.js';

/**
 * The status to show; history-service decides what was not checked, and what is paused and so has no results.
 *
 * @returns {{kind: string, word: string|undefined}}
 */
export function shownStatus({status, lastSlot, paused}) {
  if (paused) return {kind: 'held', word: 'Paused'};
  return status ? {kind: status, word: undefined} : {kind: 'UNKNOWN', word: lastSlot ? 'Unknown' : 'Never checked'};
}

/** That of a series: while its monitor has no results, the last one of the series is not its present status. */
export function shownSeriesStatus(series, monitor) {
  const hasNone = monitor.paused || monitor.status === 'MISSED' || monitor.status === 'ERROR';
  return hasNone && (series.status === 'PASSED' || series.status === 'DEGRADED') ? shownStatus(monitor) : shownStatus(series);
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
function scheduleOf({every, source}) {
  const interval = secondsOf(every);
  if (source === 'push') return 'published by a service';
  return `${interval ? `every ${duration(interval * 1000)}` : ''} from ${source}`;
}

/** A template without a series' labels says nothing, so it is not shown. */
export function aboutOf(monitor) {
  if (monitor.paused) return `${monitor.paused[0].toUpperCase()}${monitor.paused.slice(1)}; not checked until it is paid`;
  if (monitor.error) return monitor.error;
  if (monitor.summary && !monitor.summary.includes('{{')) return monitor.summary;
  return `${seriesCount(monitor.series)}, ${scheduleOf(monitor)}`;
}

export const seriesCount = number => several(number, 'series', 'series');
