// The client of the gateway. Each failure becomes a Problem. Reads are repeated with their ETag.

import * as clock from './clock.js';

/** A slow service is waited for; a page shows how old its data is meanwhile. */
const PATIENCE_MILLIS = 60_000;
/** Responses in memory, the latest used last. */
const CACHED = 40;

export class Problem extends Error {
  /** @param status 0 without a response, when the result of the request is unknown */
  constructor(status, members = {}, {retryAfter = 0, requestId = ''} = {}) {
    super(members.detail || `the server answered ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = members.code ?? '';
    this.detail = members.detail ?? '';
    this.field = members.field ?? null;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

const cache = new Map();
let unauthorized = () => {};

/** @param listener is called when a request was answered 401 */
export function onUnauthorized(listener) {
  unauthorized = listener;
}

/** Another operator may not see what is in memory. */
export function forget() {
  cache.clear();
}

/** The path with parameters; a list gives one for each item, and null, undefined and '' none. */
export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== '') query.append(name, one);
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Reads JSON.
 *
 * @returns {Promise<{data: any, asOf: Date, etag: string|null, unchanged: boolean, next: string|null}>} `asOf` is the time of the data
 *   at the server; `unchanged` that it is the same object as before; `next` the address of the next page
 * @throws Problem
 */
export async function get(path, params = {}, {signal} = {}) {
  const url = address(path, params);
  const known = cache.get(url);
  const headers = {Accept: 'application/json'};
  if (known?.etag) headers['If-None-Match'] = known.etag;
  const response = await request('GET', url, {headers, signal});
  if (response.status === 304 && known) {
    remember(url, known);
    // the tag is that of the dated answer: its date is the same too
    return {...known, asOf: datedBy(known.data) ?? dateOf(response), unchanged: true};
  }
  const text = await textOf(response);
  const data = parsed(text);
  if (data === null) throw new Problem(0);
  const dated = datedBy(data);
  const asOf = dated ?? dateOf(response);
  // dated data has another tag each time, also when nothing but its date changed
  const content = dated ? text.replace(/"asOf":"[^"]*"/, '') : null;
  if (content !== null && content === known?.content) {
    remember(url, known);
    return {...known, asOf, unchanged: true};
  }
  const answer = {data, etag: response.headers.get('ETag'), next: nextOf(response), content};
  remember(url, answer);
  return {...answer, asOf, unchanged: false};
}

function remember(url, answer) {
  cache.delete(url);
  cache.set(url, answer);
  if (cache.size > CACHED) cache.delete(cache.keys().next().value);
}

/** All pages of a list, up to a number of items. */
export async function list(path, params = {}, {signal, atMost = 10_000} = {}) {
  let page = await get(path, params, {signal});
  const pages = [page];
  while (page.next && pages.reduce((sum, {data}) => sum + data.length, 0) < atMost) {
    page = await get(page.next, {}, {signal});
    pages.push(page);
  }
  return {...together(pages), data: pages.flatMap(({data}) => data), isCut: page.next !== null};
}

/** Several reads as one: as old as the oldest, and unchanged when all are. */
export function together(answers) {
  return {
    data: answers.map(({data}) => data),
    asOf: new Date(Math.min(...answers.map(({asOf}) => asOf.getTime()))),
    etag: answers.map(({etag}) => etag).join(' '),
    unchanged: answers.every(({unchanged}) => unchanged),
  };
}

/**
 * Sends a change.
 *
 * @param key the Idempotency-Key of a change that must not be made twice
 * @returns the JSON of the response, or null without a body
 * @throws Problem
 */
export async function send(method, path, json, {signal, key} = {}) {
  const headers = {Accept: 'application/json'};
  if (key) headers['Idempotency-Key'] = key;
  if (method !== 'DELETE') headers['Content-Type'] = 'application/json';
  return parsed(await textOf(await request(method, path, {headers, signal, body: json === undefined ? undefined : JSON.stringify(json)})));
}

async function request(method, url, {headers, signal, body: content}) {
  const patience = AbortSignal.timeout(PATIENCE_MILLIS);
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: content,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Problem(0);
  }
  clock.learn(response.headers.get('Date'));
  if (response.ok || response.status === 304) return response;
  const problem = new Problem(response.status, await membersOf(response), {
    retryAfter: Number(response.headers.get('Retry-After')) || 0,
    requestId: response.headers.get('X-Request-Id') ?? '',
  });
  if (problem.status === 401 && url !== '/session') unauthorized(problem);
  throw problem;
}

async function membersOf(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}

async function textOf(response) {
  try {
    return await response.text();
  } catch {
    throw new Problem(0);
  }
}

/** Null without a body. */
function parsed(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw new Problem(0);
  }
}

/** When the data itself has its time; else null. */
const datedBy = data => (typeof data.asOf === 'string' ? new Date(data.asOf) : null);

const dateOf = response => new Date(Date.parse(response.headers.get('Date')) || clock.now());

/** The next page of RFC 8288, on this site. */
function nextOf(response) {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get('Link') ?? '');
  if (!link) return null;
  const url = new URL(link[1], location.origin);
  return url.origin === location.origin ? url.pathname + url.search : null;
}
