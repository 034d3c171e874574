// History may answer at once and know nothing new: then what it knows is old, whatever the answer's age.

import {now} from '../clock.js';
import {h, setChildren} from '../dom.js';
import {time} from '../elements/time.js';
import {icon} from '../icons.js';

/** `asOf` has whole seconds and moves every few of them, also when no monitor is due. */
const LONGEST_MILLIS = 20_000;

/**
 * Whether history had no new results when it answered.
 *
 * @param asOf until when it knew all results
 * @param age the milliseconds since its answer
 */
export const lags = (asOf, age = 0) => now() - age - asOf > LONGEST_MILLIS;

export class Lag {
  element = h('div', {class: 'notice', hidden: true});
  #content;
  #shown = null;

  /** @param content the element that is marked as old meanwhile */
  constructor(content) {
    this.#content = content;
  }

  /** @see lags */
  show(asOf, age = 0) {
    const isOld = lags(asOf, age);
    this.#content.classList.toggle('old', isOld);
    this.element.hidden = !isOld;
    if (!isOld || this.#shown === asOf.getTime()) return;
    this.#shown = asOf.getTime();
    setChildren(this.element, icon('stale'), h('p', {}, 'History lags: it has no result since ', time(asOf), ', ', time(asOf, 'ago'), '.'));
  }
}
