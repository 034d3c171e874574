// The start of the console, and its router. A page's module is loaded when it is first shown.

import * as api from './api.js';
import {h, setChildren} from './dom.js';
import './elements/bar.js';
import {discardForms} from './elements/dialog.js';
import {region} from './elements/region.js';
import * as fresh from './fresh.js';
import * as keys from './keys.js';
import * as live from './live.js';
import {signIn} from './pages/sign-in.js';
import * as session from './session.js';
import * as shell from './shell.js';
import {share} from './tabs.js';
import {sentence} from './words.js';

const ROUTES = [
  {page: 'overview', place: 'overview', path: /^\/console\/?$/},
  {page: 'incident', place: 'overview', path: /^\/console\/incidents\/(?<id>[^/]+)\/?$/},
  {page: 'monitors', place: 'monitors', path: /^\/console\/monitors\/?$/},
  {page: 'monitor', place: 'monitors', path: /^\/console\/monitors\/(?<id>[^/]+)\/?$/},
  {page: 'silences', place: 'silences', path: /^\/console\/silences\/?$/},
  {page: 'receivers', place: 'receivers', path: /^\/console\/receivers\/?$/},
  {page: 'system', place: 'system', path: /^\/console\/system\/?$/},
  {page: 'customers', place: 'customers', path: /^\/console\/customers\/?$/},
];

const RETRY_MILLIS = 3_000;

const main = document.getElementById('page');
let stop = () => {};
let shown = 0;

function navigate(url, {replace = false} = {}) {
  const to = new URL(url, location.href);
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  void show();
}

/** The parameters of the page's address. Null and '' remove one. The page is not drawn again. */
function setQuery(values) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    url.searchParams.delete(name);
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== '') url.searchParams.append(name, one);
  }
  if (url.href !== location.href) history.replaceState(null, '', url);
}

function routeOf(path) {
  for (const route of ROUTES) {
    const found = route.path.exec(path);
    if (found) return {...route, params: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, text]) => [name, decoded(text)]))};
  }
  return null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function show() {
  const number = ++shown;
  const route = routeOf(location.pathname);
  const module = route && await import(`./pages/${route.page}.js`).catch(e => (reportError(e), null));
  if (number !== shown) return;
  stop();
  stop = () => {};
  keys.use({});
  shell.mark(route?.place ?? '');
  const root = h('div', {class: `page page-${route?.page ?? 'none'}`});
  main.replaceChildren(root);
  scrollTo(0, 0);
  if (!module) {
    shell.setTitle('Not found');
    root.append(...nothing(route));
  } else {
    const page = module.default;
    shell.setTitle(page.title);
    stop = page.render(root, contextOf(route)) ?? (() => {});
  }
  const heading = root.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  if (number > 1 && !root.contains(document.activeElement)) (heading ?? main).focus({preventScroll: true});
}

function contextOf({params}) {
  const query = new URLSearchParams(location.search);
  return {api, fresh, live, params, query, session, navigate, setQuery, keys: keys.use, setTitle: shell.setTitle};
}

function nothing(route) {
  return route
    ? [h('h1', {}, 'This page could not be loaded'), h('p', {}, h('button', {type: 'button', onclick: () => location.reload()}, 'Reload'))]
    : [h('h1', {}, 'Not found'), h('p', {}, 'There is no such page. ', h('a', {href: '/console'}, 'To the overview'))];
}

/** Links of the console change the page without loading the document again. */
function follow(event) {
  const link = event.target.closest?.('a[href]');
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !/^\/console(\/|$)/.test(url.pathname) || url.hash) return;
  event.preventDefault();
  navigate(url);
}

/** Null until a page was shown: without a session nothing is drawn. */
let drawnFor = null;

function sessionChanged(who) {
  if (!who) {
    void signIn({again: drawnFor !== null});
    return;
  }
  const isOther = drawnFor === null || drawnFor.name !== who.name || drawnFor.role !== who.role;
  drawnFor = who;
  if (!isOther) return;
  discardForms();
  void show();
}

async function start() {
  shell.start(document.querySelector('.shell'));
  keys.start();
  document.addEventListener('click', follow);
  addEventListener('popstate', () => drawnFor && void show());
  session.onChange(sessionChanged);
  session.onSignedOut(() => {
    drawnFor = null;
    stop();
    stop = () => {};
    discardForms();
    main.replaceChildren();
    shell.forget();
  });
  await load();
}

/** Until the gateway responds. */
async function load() {
  try {
    await session.load();
    // a sign-in at a provider ends in another tab
    if (session.who()) share({session: true});
  } catch (problem) {
    const place = region({heading: 'GrowAlert', level: 1});
    place.fresh({asOf: null, isStale: false, age: 0, problem, isShown: false});
    setChildren(main, place);
    setTimeout(load, RETRY_MILLIS);
    if (problem.name !== 'Problem') throw problem;
    console.info(sentence(problem));
  }
}

void start();
