// What is painted onto the plot beside the lines: incidents, spans without values, limits; and the texts of the axes.

import * as data from './plot-data.js';

/** @param colour as #rrggbb */
export function translucent(colour, share) {
  return `${colour}${Math.round(share * 255).toString(16).padStart(2, '0')}`;
}

/** Behind the lines: failed bands and incidents. */
export function paintBehind(chart, values, {colourOf, withFail}) {
  const now = data.epoch(values.to);
  const {ctx, bbox} = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (withFail) {
    ctx.fillStyle = translucent(colourOf('fail'), 0.07);
    for (const band of data.failBands(values, now)) paintBand(chart, band);
  }
  for (const incident of data.bandsOf(values.incidents, now)) {
    paintBar(chart, incident, colourOf('fail'), {top: 0, height: bbox.height, share: 0.13});
  }
  ctx.restore();
}

/**
 * Along the edges, over grid and lines: incidents, and spans without values.
 *
 * @param tried incidents that a rule that is tried out would have had
 */
export function paintEdges(chart, values, {colourOf, tried}) {
  const now = data.epoch(values.to);
  const height = 4 * devicePixelRatio;
  for (const incident of data.bandsOf(values.incidents, now)) paintBar(chart, incident, colourOf('fail'), {top: 0, height, share: 1});
  for (const incident of data.bandsOf(tried, now)) paintBar(chart, incident, colourOf('tried'), {top: 1.5 * height, height, share: 1});
  for (const span of data.spansWithoutValue(values, now)) {
    paintSpan(chart, span, colourOf(span.status === 'ERROR' ? 'error' : span.status === 'MISSED' ? 'missed' : 'no-data'));
  }
}

function paintBand(chart, {low, high, from, to}) {
  const {min, max} = chart.scales.y;
  const bottom = Math.max(low ?? min, min);
  const top = Math.min(high ?? max, max);
  if (bottom >= top) return;
  const [left, width] = across(chart, {from, to});
  const y = chart.valToPos(top, 'y', true);
  chart.ctx.fillRect(left, y, width, chart.valToPos(bottom, 'y', true) - y);
}

/** Heights in canvas pixels, from the top of the plot. */
function paintBar(chart, incident, colour, {top, height, share}) {
  const {ctx, bbox} = chart;
  const [left, width] = across(chart, incident);
  ctx.fillStyle = translucent(colour, share);
  ctx.fillRect(left, bbox.top + top, width, height);
}

/** A hatched strip at the bottom: upright lines for missed slots, slanting ones for source errors and absence. */
function paintSpan(chart, span, colour) {
  const {ctx, bbox} = chart;
  const [left, width] = across(chart, span);
  if (width <= 0) return;
  const height = 9 * devicePixelRatio;
  const top = bbox.top + bbox.height - height;
  const slant = span.status === 'MISSED' ? 0 : height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  for (let x = Math.round(left - height); x < left + width + height; x += 5 * devicePixelRatio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + slant, top);
  }
  ctx.stroke();
  ctx.restore();
}

const STYLES = {fail: [[], 1.75], degraded: [[7, 4], 1.5], resolve: [[2, 3], 1.25]};
const LEAST_WIDTH_OF_WORDS = 130;

/** Over the lines: each limit where it was valid. One that is out of view is an arrow. */
export function paintLimits(chart, limits, colourOf) {
  const {ctx, bbox} = chart;
  const {min, max} = chart.scales.y;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * scale}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  for (const {value, kind, from, to, words} of limits) {
    const [dashes, thickness] = STYLES[kind];
    const isOut = value < min || value > max;
    const y = chart.valToPos(Math.min(Math.max(value, min), max), 'y', true);
    const [left, width] = across(chart, {from, to});
    if (width <= 0) continue;
    ctx.strokeStyle = colourOf(kind);
    ctx.fillStyle = colourOf(kind);
    if (!isOut) {
      ctx.lineWidth = thickness * scale;
      ctx.setLineDash(dashes.map(part => part * scale));
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }
    if (width < LEAST_WIDTH_OF_WORDS * scale) continue;
    const hasRoom = y - bbox.top > 18 * scale;
    const text = isOut ? `${words} ${value > max ? '\u2191' : '\u2193'}` : words;
    const place = [left + width - 4 * scale, hasRoom ? y - 5 * scale : y + 14 * scale];
    // the words stay readable over lines
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * scale;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = colourOf('surface');
    ctx.strokeText(text, ...place);
    ctx.fillText(text, ...place);
  }
  ctx.restore();
}

/** Left edge and width in canvas pixels, cut to the plot; at least two pixels where the two overlap. */
function across(chart, {from, to}) {
  const {bbox, scales} = chart;
  if (to < scales.x.min || from > scales.x.max) return [bbox.left, 0];
  const left = Math.max(chart.valToPos(from, 'x', true), bbox.left);
  const right = Math.min(chart.valToPos(to, 'x', true), bbox.left + bbox.width);
  return [left, Math.max(right - left, 2 * devicePixelRatio)];
}

const DAY = 86_400;
const minutes = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit'});
const seconds = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const days = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});

/** The texts of the time axis: a date at midnight, and else the time of day. */
export function timesOfAxis(chart, splits, axis, space, step) {
  return splits.map(split => {
    const date = new Date(split * 1000);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    if (step >= DAY || isMidnight) return days.format(date);
    return (step < 60 ? seconds : minutes).format(date);
  });
}

/** In CSS pixels. */
export function widthOfAxis(chart, texts) {
  const longest = Math.max(0, ...(texts ?? []).map(text => text.length));
  return Math.max(36, longest * 7 + 18);
}
