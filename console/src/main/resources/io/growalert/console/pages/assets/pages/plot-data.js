// What the plot of a monitor draws, computed from history's answer: tables for uPlot, limits, and the range of the axis.

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** The seconds of an ISO 8601 duration of days, hours, minutes and seconds; null where it is none. */
export function secondsOf(duration) {
  const parts = DURATION.exec(duration ?? '');
  if (!parts) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map(part => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

export const epoch = time => Date.parse(time) / 1000;

/** An open end is now. */
const endOf = ({to}, now) => (to ? epoch(to) : now);

/**
 * The columns of one series with a null behind each value that has no successor in time: a gap is never drawn as a line.
 *
 * @param step the seconds between two values
 */
export function withGaps({t, min, max, mean}, step) {
  const columns = [[], [], [], []];
  const add = (...row) => row.forEach((value, column) => columns[column].push(value));
  t.forEach((time, index) => {
    if (index > 0 && time - t[index - 1] > 1.5 * step) add(t[index - 1] + step, null, null, null);
    add(time, min[index] ?? null, max[index] ?? null, mean[index] ?? null);
  });
  return columns;
}

/** Whether a value stands for several, so that their minimum and maximum are drawn. */
export const isRolledUp = values => values.resolution !== 'raw';

/** The seconds between two values of an answer. */
export function stepOf(values, every) {
  return (isRolledUp(values) && secondsOf(values.resolution)) || secondsOf(every) || 60;
}

/** The limits of a threshold: `up` where a value above it is beyond. */
export function limitsOf(threshold) {
  if (!threshold) return [];
  const {above, below, outside, inside} = threshold;
  if (above !== undefined) return [{value: above, side: 'up'}];
  if (below !== undefined) return [{value: below, side: 'down'}];
  if (outside) return [{value: outside[0], side: 'down'}, {value: outside[1], side: 'up'}];
  if (inside) return [{value: inside[0], side: 'up'}, {value: inside[1], side: 'down'}];
  return [];
}

/** The stripes of values that are beyond a threshold, from low to high; null stands for the edge of the plot. */
function beyond(threshold) {
  if (!threshold) return [];
  const {above, below, outside, inside} = threshold;
  if (above !== undefined) return [[above, null]];
  if (below !== undefined) return [[null, below]];
  if (outside) return [[null, outside[0]], [outside[1], null]];
  return inside ? [inside] : [];
}

/** Such as `above 1000 ppm`. */
export function thresholdWords(threshold, unit) {
  if (!threshold) return '';
  const [kind, limit] = Object.entries(threshold)[0];
  const numbers = Array.isArray(limit) ? `${plain(limit[0])} to ${plain(limit[1])}` : plain(limit);
  return `${kind} ${numbers}${unit ? ` ${unit}` : ''}`;
}

/** All digits, since a value near its limit must not look like the limit. */
export function plain(number) {
  if (number === null || number === undefined) return '';
  const text = String(number);
  return text.includes('e') ? Number(number).toPrecision(6) : text;
}

/** For values that were computed, such as a mean: at most seven significant digits. */
export function short(number) {
  return number === null || number === undefined ? '' : String(Number(Number(number).toPrecision(7)));
}

/** The limit lines of an answer, each with its validity in epoch seconds. A limit that did not change stays one line. */
export function limitLines(values, now) {
  const lines = [];
  for (const valid of values.thresholds) {
    const [from, to] = [epoch(valid.from), endOf(valid, now)];
    for (const kind of ['fail', 'degraded', 'resolve']) {
      const words = `${kind} ${thresholdWords(valid[kind], values.unit)}`;
      for (const limit of limitsOf(valid[kind])) {
        const same = lines.find(line => line.words === words && line.value === limit.value && Math.abs(line.to - from) < 1);
        if (same) same.to = to;
        else lines.push({...limit, kind, words, from, to});
      }
    }
  }
  return lines;
}

/** The bands of failed values, each with the validity of its threshold. */
export function failBands(values, now) {
  return values.thresholds.flatMap(valid =>
    beyond(valid.fail).map(([low, high]) => ({low, high, from: epoch(valid.from), to: endOf(valid, now)})));
}

/** Incidents in epoch seconds. */
export function bandsOf(incidents, now) {
  return incidents.map(incident => ({...incident, from: epoch(incident.from), to: endOf(incident, now)}));
}

/** The spans in which a series was not judged by a value. */
export function spansWithoutValue(values, now) {
  return values.spans
    .filter(({status}) => status === 'NO_DATA' || status === 'ERROR' || status === 'MISSED')
    .map(span => ({...span, from: epoch(span.from), to: endOf(span, now)}));
}

const LEAST_SHARE_OF_VALUES = 0.12;

/**
 * The range of the value axis: the values and, as long as the values stay readable, the limits.
 *
 * @param low the least value shown, null without any
 */
export function axisRange(low, high, limits) {
  const numbers = limits.map(({value}) => value);
  let [from, to] = low === null || low === undefined
    ? [Math.min(...numbers, Infinity), Math.max(...numbers, -Infinity)]
    : [low, high];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [0, 1];
  const least = Math.max(to - from, Math.abs(to) * 1e-3, 1e-9);
  for (const value of numbers.sort((a, b) => distance(a, from, to) - distance(b, from, to))) {
    const wider = [Math.min(from, value), Math.max(to, value)];
    if (least / (wider[1] - wider[0] || 1) >= LEAST_SHARE_OF_VALUES) [from, to] = wider;
  }
  const margin = (to - from) * 0.08 || Math.abs(to) * 0.1 || 1;
  return [from - margin, to + margin];
}

const distance = (value, from, to) => Math.max(from - value, value - to, 0);

/** Least, greatest and latest value of a series in the shown range. */
export function summaryOf({t, min, max, mean}) {
  let least = null;
  let greatest = null;
  let latest = null;
  t.forEach((time, index) => {
    const low = min[index];
    const high = max[index];
    if (low === null || low === undefined) return;
    if (least === null || low < least) least = low;
    if (greatest === null || high > greatest) greatest = high;
    latest = {time, value: mean[index]};
  });
  return {least, greatest, latest};
}
