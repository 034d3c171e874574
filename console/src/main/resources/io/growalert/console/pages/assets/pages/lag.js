// History may answer at once and know nothing new: then what it knows is old, whatever the answer's age.

import {now} from '../clock.js';
import {h, setChildren} from '../dom.js';
import {time} from '../elements/time.js';
import {icon} from '../icons.js';

/** Heartbeats arrive every 10 s, also when no monitor is due. */
const LONGEST_MILLIS = 60_000;

export class Lag {
  element = h('div', {class: 'notice', hidden: true});
  #content;
  #shown = null;

  /** @param content the element that is marked as old meanwhile */
  constructor(content) {
    this.#content = content;
  }

  /** @param asOf until when history knows all results */
  show(asOf) {
    const isOld = now() - asOf > LONGEST_MILLIS;
    this.#content.classList.toggle('old', isOld);
    this.element.hidden = !isOld;
    if (!isOld || this.#shown === asOf.getTime()) return;
    this.#shown = asOf.getTime();
    setChildren(this.element, icon('stale'), h('p', {}, 'History lags: it has no result since ', time(asOf), ', ', time(asOf, 'ago'), '.'));
  }
}
