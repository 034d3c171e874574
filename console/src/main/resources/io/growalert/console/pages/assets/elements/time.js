// <ga-time at="2026-11-25T09:00:07Z" show="ago">: a time that stays right while it is shown.

import {now} from '../clock.js';
import {h, setText} from '../dom.js';
import {duration, moment} from '../words.js';

const SHOWN = {
  /** 09:00:07 */
  moment: at => moment(at),
  /** 3 min 20 s ago */
  ago: at => `${duration(now() - at)} ago`,
  /** 3 min 20 s */
  since: at => duration(now() - at),
  /** in 3 min 20 s; now */
  until: at => (at > now() ? `in ${duration(at - now())}` : 'now'),
};

const shown = new Set();

class Time extends HTMLElement {
  static observedAttributes = ['at', 'show'];

  connectedCallback() {
    shown.add(this);
    this.draw();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  attributeChangedCallback() {
    this.draw();
  }

  draw() {
    const at = Date.parse(this.getAttribute('at'));
    if (Number.isNaN(at)) return;
    setText(this, SHOWN[this.getAttribute('show') ?? 'moment'](at));
    this.title = `${moment(at)} (${new Date(at).toISOString()})`;
  }
}

customElements.define('ga-time', Time);
setInterval(() => shown.forEach(time => time.draw()), 1_000);

/** @param show moment, ago, since or until */
export const time = (at, show = 'moment') => h('ga-time', {at: typeof at === 'string' ? at : new Date(at).toISOString(), show});
