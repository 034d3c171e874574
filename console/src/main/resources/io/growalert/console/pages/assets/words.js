// How values, times and errors are written.

import {now} from './clock.js';

export const STATES = {
  PASSED: 'Passed',
  DEGRADED: 'Degraded',
  FAILED: 'Failed',
  NO_DATA: 'No data',
  ERROR: 'Source error',
  MISSED: 'Not checked',
  UNKNOWN: 'Unknown',
};

/** The worst first, in history-service's order. */
export const BY_SEVERITY = ['FAILED', 'ERROR', 'NO_DATA', 'MISSED', 'DEGRADED', 'UNKNOWN', 'PASSED'];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = number => String(number).padStart(2, '0');

/** 09:00:12 in this browser's time zone. */
export function clock(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const dayOf = date => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** 09:00:12, with the date when it is not today. */
export function moment(value) {
  const date = new Date(value);
  return dayOf(date) === dayOf(new Date(now())) ? clock(date) : `${dayOf(date)} ${clock(date)}`;
}

/** Two units at most: 45 s, 3 min 20 s, 2 h 5 min, 4 d 3 h. */
export function duration(millis) {
  const rest = Math.max(0, millis);
  if (rest < MINUTE) return `${Math.floor(rest / SECOND)} s`;
  if (rest < 10 * MINUTE) return pair(rest, MINUTE, 'min', SECOND, 's');
  if (rest < HOUR) return `${Math.floor(rest / MINUTE)} min`;
  if (rest < DAY) return pair(rest, HOUR, 'h', MINUTE, 'min');
  return pair(rest, DAY, 'd', HOUR, 'h');
}

function pair(millis, large, largeName, small, smallName) {
  const more = Math.floor((millis % large) / small);
  return `${Math.floor(millis / large)} ${largeName}${more ? ` ${more} ${smallName}` : ''}`;
}

/** PT1M30S and 1m30s as 1 min 30 s. */
export function period(text) {
  const parts = /^P?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/i.exec(text ?? '');
  if (!parts) return text ?? '';
  const [, days, hours, minutes, seconds] = parts.map(part => Number(part ?? 0));
  return duration(days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND);
}

const NUMBER = new Intl.NumberFormat('en', {maximumSignificantDigits: 6});
const COUNT = new Intl.NumberFormat('en');

/** A value of a series with its unit; an en dash without one. */
export function number(value, unit) {
  if (value === null || value === undefined) return '\u2013';
  return unit ? `${NUMBER.format(value)} ${unit}` : NUMBER.format(value);
}

export const count = value => COUNT.format(value);

/** 1 incident, 2 incidents. */
export const several = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/**
 * A problem as a sentence for the operator, with what to do next.
 *
 * @param service whose response it is, as a subject
 */
export function sentence(problem, service = 'The service behind this part') {
  if (problem.status === 0) return navigator.onLine ? 'The gateway is unreachable.' : 'This computer is offline.';
  if (problem.status === 401) return 'Your session ended. Sign in, then send it again; nothing was changed.';
  if (problem.code === 'cross_origin') return 'The gateway refused the request because it does not come from its own page. Reload the page.';
  if (problem.status === 403) return 'Your role does not allow this.';
  if (problem.status === 429) return `Too many requests. Try again in ${several(problem.retryAfter || 10, 'second')}.`;
  if (problem.status === 502) return `${service} failed.`;
  if (problem.code === 'history_not_configured') return 'The history-service is not configured at the gateway.';
  if (problem.status === 503) return `${service} is unavailable.`;
  if (problem.status === 504) return `${service} timed out.`;
  if (problem.status >= 500) return `Internal error${problem.requestId ? `, request ${problem.requestId}` : ''}.`;
  const {detail} = problem;
  return detail ? `${detail[0].toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? '' : '.'}` : `The server answered ${problem.status}.`;
}
