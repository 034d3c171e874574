// The rule that is tried out, and how its incidents compare with the actual ones.

import {limitsOf, secondsOf} from './plot-data.js';

/** The kinds of limits that can be tried out. */
export const KINDS = ['above', 'below', 'outside', 'inside'];
/** Into which the axis is divided for a limit that was not chosen. */
const STEPS = 100;
export const UNITS = {results: 0, seconds: 1, minutes: 60, hours: 3600};

const isRange = kind => kind === 'outside' || kind === 'inside';

/**
 * @typedef {{kind: string, limits: number[], needed: number, unit: string, resolveAfter: number}} Rule `needed` results, or
 *   seconds, minutes or hours
 */

/** The rule of a definition; `kind` is '' where no limit can be tried out. */
export function ruleOf(definition) {
  const fail = definition.fail ?? {};
  const kind = KINDS.find(name => fail[name] !== undefined) ?? '';
  return {
    kind,
    limits: kind ? [fail[kind]].flat() : [],
    ...neededOf(definition.alert),
    resolveAfter: definition.alert.resolveAfter,
  };
}

function neededOf(alert) {
  const seconds = secondsOf(alert.for);
  if (!seconds) return {needed: alert.after, unit: 'results'};
  const unit = ['hours', 'minutes'].find(name => seconds % UNITS[name] === 0) ?? 'seconds';
  return {needed: seconds / UNITS[unit], unit};
}

/** The same rule with another kind of limit. */
export function withKind(rule, kind, [low, high]) {
  const middle = rule.limits[0] ?? (low + high) / 2;
  if (isRange(kind) && rule.limits.length === 2) return {...rule, kind};
  if (!isRange(kind)) return {...rule, kind, limits: [rule.limits.at(kind === 'above' ? -1 : 0) ?? middle]};
  const width = (high - low) / 4 || Math.abs(middle) / 4 || 1;
  const limits = rule.kind === 'below' ? [middle, middle + width] : [middle - width, middle];
  return {...rule, kind, limits: limits.map(limit => (limit === middle ? limit : rounded(limit, [low, high], STEPS)))};
}

/** Why a rule cannot be tried out: {field, words}, or null. */
export function problemOf(rule) {
  const wrong = rule.limits.findIndex(limit => !Number.isFinite(limit));
  if (wrong >= 0) return {field: `limit-${wrong}`, words: 'Enter a number.'};
  if (isRange(rule.kind) && rule.limits[0] >= rule.limits[1]) {
    return {field: 'limit-1', words: 'The upper limit must be above the lower one.'};
  }
  if (!(rule.needed > 0) || (rule.unit === 'results' && !Number.isInteger(rule.needed))) {
    return {field: 'needed', words: rule.unit === 'results' ? 'Enter a whole number from 1.' : 'Enter a number above 0.'};
  }
  if (!Number.isInteger(rule.resolveAfter) || rule.resolveAfter < 1) {
    return {field: 'resolve-after', words: 'Enter a whole number from 1.'};
  }
  return null;
}

/** The parameters of the request. */
export function parametersOf(rule) {
  const parameters = {resolveAfter: rule.resolveAfter};
  if (rule.kind) parameters[rule.kind] = rule.limits.join(',');
  if (rule.unit === 'results') parameters.after = rule.needed;
  else parameters.for = `PT${Math.round(rule.needed * UNITS[rule.unit] * 1000) / 1000}S`;
  return parameters;
}

const thresholdOf = ({kind, limits}) => (kind ? {[kind]: isRange(kind) ? limits : limits[0]} : null);

/** The limits as handles on the plot: {index, value, side}. */
export const handlesOf = rule => limitsOf(thresholdOf(rule)).map((limit, index) => ({...limit, index}));

/** A limit rounded to what a pixel stands for, so that it is a number to read. */
export function rounded(value, [low, high], pixels) {
  const step = stepOf([low, high], pixels);
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** 1, 2 or 5 times a power of ten: the least step of a handle. */
export function stepOf([low, high], pixels) {
  const exact = Math.max((high - low) / Math.max(pixels, 1), Number.MIN_VALUE * 1e10);
  const power = 10 ** Math.floor(Math.log10(exact));
  return power * ([1, 2, 5].find(factor => factor * power >= exact) ?? 10);
}

const endOf = ({to}, until) => (to ? Date.parse(to) : until);

export function totalOf(incidents, until) {
  return incidents.reduce((sum, incident) => sum + Math.max(0, endOf(incident, until) - Date.parse(incident.from)), 0);
}

/**
 * Incidents of both lists side by side, the latest first: those of one series that overlap share a row.
 *
 * @returns {{series: string|null, actual: object[], whatIf: object[], from: number}[]}
 */
export function compared({actual, whatIf}, until) {
  const marked = [
    ...actual.map(incident => ({incident, list: 'actual'})),
    ...whatIf.map(incident => ({incident, list: 'whatIf'})),
  ].map(one => ({...one, from: Date.parse(one.incident.from), to: endOf(one.incident, until)}))
    .sort((a, b) => a.from - b.from);
  const rows = [];
  const latest = new Map();
  for (const {incident, list, from, to} of marked) {
    const series = incident.series ?? null;
    let row = latest.get(series);
    if (!row || from >= row.to) {
      row = {series, actual: [], whatIf: [], from, to};
      latest.set(series, row);
      rows.push(row);
    }
    row.to = Math.max(row.to, to);
    row[list].push(incident);
  }
  return rows.sort((a, b) => b.from - a.from);
}
