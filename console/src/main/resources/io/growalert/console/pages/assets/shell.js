// What surrounds the pages: navigation, who is signed in, whether changes are live, and the number of open incidents.

import * as clock from './clock.js';
import {h, setChildren, setText} from './dom.js';
import {isOld} from './fresh.js';
import {icon} from './icons.js';
import * as incidents from './incidents.js';
import * as keys from './keys.js';
import * as live from './live.js';
import * as session from './session.js';
import {count, duration} from './words.js';

const PLACES = [
  {name: 'overview', word: 'Overview', href: '/console'},
  {name: 'monitors', word: 'Monitors', href: '/console/monitors'},
  {name: 'silences', word: 'Silences', href: '/console/silences'},
  {name: 'receivers', word: 'Receivers', href: '/console/receivers'},
  {name: 'system', word: 'System', href: '/console/system'},
  {name: 'customers', word: 'Customers', href: '/console/customers', role: 'admin'},
];

const badge = h('span', {class: 'badge', hidden: true});
const pulse = h('span', {class: 'pulse', role: 'status'});
const user = h('div', {class: 'user'});
const links = h('ul');
const banner = h('div', {class: 'banners'});
let title = 'GrowAlert';
let openCount = null;
/** Whether the number may be wrong by now. */
let isUnsure = false;
let stop = null;

export function start(header) {
  setChildren(header,
    h('a', {class: 'brand', href: '/console', 'aria-label': 'GrowAlert, overview'}, h('span', {}, 'Grow', h('b', {}, 'Alert'))),
    h('nav', {'aria-label': 'Console'}, links),
    h('div', {class: 'shell-foot'}, pulse, user));
  header.after(banner);
  session.onChange(draw);
  draw(session.who());
  setInterval(tick, 1_000);
  addEventListener('online', tick);
  addEventListener('offline', tick);
  tick();
}

function draw(who) {
  setChildren(links, PLACES.filter(({role}) => !role || session.can(role)).map(link));
  setChildren(user, who && [
    h('span', {class: 'who'}, h('b', {}, h('bdi', {}, who.name)), h('span', {class: 'quiet'}, who.role)),
    h('button', {type: 'button', class: 'quiet', 'aria-label': 'Keys', title: 'Keys (?)', onclick: keys.help}, '?'),
    h('button', {type: 'button', class: 'quiet', onclick: () => session.signOut().catch(() => location.reload())}, 'Sign out'),
  ]);
  if (who && !stop) stop = incidents.open.follow({fresh: unsure}, ({data}) => number(data.incidents.length));
  if (who) live.start();
  mark(current);
}

function link({name, word, href}) {
  return h('li', {}, h('a', {href, 'data-place': name}, icon(name), h('span', {}, word), name === 'overview' && badge));
}

let current = '';

/** @param place the name of the navigation's link that the page belongs to */
export function mark(place) {
  current = place;
  for (const one of links.querySelectorAll('a')) {
    if (one.dataset.place === place) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
}

/** Leaves nothing of the operator in the title and on the icon. */
export function forget() {
  title = 'Sign in';
  number(null);
  drawTitle();
}

/** @param words the page's part of the title */
export function setTitle(words) {
  title = words;
  drawTitle();
}

function drawTitle() {
  const words = isUnsure ? `(${openCount === null ? '' : count(openCount)}?) ` : openCount ? `(${count(openCount)}) ` : '';
  document.title = `${words}${title} - GrowAlert`;
}

/** A number that is not known to be right has a question mark. */
function unsure(state) {
  if (isOld(state) === isUnsure) return;
  isUnsure = isOld(state);
  drawNumber();
}

function number(open) {
  if (open === openCount) return;
  openCount = open;
  drawNumber();
}

function drawNumber() {
  const words = `${openCount === null ? '' : count(openCount)}${isUnsure ? '?' : ''}`;
  badge.hidden = !isUnsure && !openCount;
  badge.classList.toggle('is-unsure', isUnsure);
  setText(badge, words);
  badge.setAttribute('aria-label', isUnsure ? 'number of open incidents unknown' : `${words} open incidents`);
  drawTitle();
  drawIcon();
}

/** The icon carries the number too: a tab among many shows little else. */
function drawIcon() {
  const open = openCount ?? 0;
  const isCalm = open === 0 && !isUnsure;
  // without an open incident it is the letter of the name: no sign that all is well
  const words = isUnsure ? '?' : isCalm ? 'G' : open > 99 ? '99+' : String(open);
  const size = [0, 20, 17, 13][words.length];
  const picture = `<text x="16" y="${16 + size * 0.36}" font-family="system-ui,sans-serif" font-weight="700" font-size="${size}" text-anchor="middle" fill="#fff">${words}</text>`;
  const colour = isUnsure ? '#8a5a00' : isCalm ? '#4d5a52' : '#b3160f';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${colour}"/>${picture}</svg>`;
  document.querySelector('link[rel=icon]').href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function tick() {
  const state = !navigator.onLine ? 'offline' : live.isLive() ? 'live' : 'polling';
  if (pulse.dataset.state !== state) {
    pulse.dataset.state = state;
    setText(pulse, {offline: 'Offline', live: 'Live', polling: 'Polling'}[state]);
  }
  const ahead = clock.ahead();
  const words = [
    !navigator.onLine && 'This computer is offline. What is shown gets old.',
    ahead !== 0 && `This computer's clock is ${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}. Times here are the server's.`,
  ].filter(Boolean);
  if (banner.textContent !== words.join('')) setChildren(banner, words.map(one => h('p', {class: 'banner', role: 'status'}, icon('away'), one)));
}
