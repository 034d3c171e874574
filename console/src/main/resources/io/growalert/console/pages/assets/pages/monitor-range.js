// The range of time that a plot shows: the latest hours, or a fixed one after zooming.

import {now} from '../clock.js';

export const RANGES = [['1h', '1 h', 3_600], ['6h', '6 h', 21_600], ['24h', '24 h', 86_400], ['7d', '7 d', 604_800], ['30d', '30 d', 2_592_000]];
const DEFAULT = '24h';
const LEAST_SECONDS = 30;
const LONGEST_SECONDS = 92 * 86_400;
/** Requests within this time have the same address, so that an unchanged answer needs no body. */
const STEP_SECONDS = 10;

const lengthOf = name => RANGES.find(([one]) => one === name)[2];

/** Times in epoch seconds. Immutable: a change is a new one. */
export class Range {
  /** @param name of the latest hours, or null with a fixed range */
  constructor(name, from = null, to = null) {
    this.name = name;
    this.fixedFrom = from;
    this.fixedTo = to;
  }

  /** Of an address' parameters. */
  static of(query) {
    const from = Date.parse(query.get('from'));
    const to = Date.parse(query.get('to'));
    if (from < to) return new Range(null, from / 1000, to / 1000);
    const name = query.get('range');
    return new Range(RANGES.some(([one]) => one === name) ? name : DEFAULT);
  }

  /** For the address. */
  get parameters() {
    return this.name
      ? {range: this.name === DEFAULT ? '' : this.name, from: '', to: ''}
      : {range: '', from: iso(this.fixedFrom), to: iso(this.fixedTo)};
  }

  get to() {
    return this.name ? Math.ceil(now() / 1000 / STEP_SECONDS) * STEP_SECONDS : this.fixedTo;
  }

  get from() {
    return this.name ? this.to - lengthOf(this.name) : this.fixedFrom;
  }

  get seconds() {
    return this.name ? lengthOf(this.name) : this.fixedTo - this.fixedFrom;
  }

  /** For a request. */
  get query() {
    const {to} = this;
    return {from: iso(to - this.seconds), to: iso(to)};
  }

  /** Half as long, or twice, around the same middle. */
  zoomed(factor) {
    const length = Math.min(LONGEST_SECONDS, Math.max(LEAST_SECONDS, this.seconds * factor));
    const middle = (this.from + this.to) / 2;
    return Range.fixed(middle - length / 2, middle + length / 2);
  }

  /** Earlier or later by a part of the length. */
  moved(share) {
    return Range.fixed(this.from + share * this.seconds, this.to + share * this.seconds);
  }

  /** Never after now. */
  static fixed(from, to) {
    const latest = Math.ceil(now() / 1000 / STEP_SECONDS) * STEP_SECONDS;
    const over = Math.max(0, to - latest);
    const start = Math.round(from - over);
    return new Range(null, start, Math.max(Math.round(to - over), start + LEAST_SECONDS));
  }
}

const iso = epoch => new Date(epoch * 1000).toISOString();
