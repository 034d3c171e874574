// Who is signed in. The cookie is the gateway's; a script never sees a token again after the sign-in.

import * as api from './api.js';
import {share, shared} from './tabs.js';

const RANKS = ['viewer', 'operator', 'admin'];

/** {name, role, expiresAt}, or null. */
let current = null;
const listeners = new Set();

export const who = () => current;

/** Whether the role is at least this one. */
export const can = role => current !== null && RANKS.indexOf(current.role) >= RANKS.indexOf(role);

/** @param listener is called with the session, or null, after each change */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const leaving = new Set();

/** @param listener is called when an operator signed out, here or in another tab: nothing may stay on the screen */
export function onSignedOut(listener) {
  leaving.add(listener);
}

function become(session) {
  if (session?.name !== current?.name || session?.role !== current?.role) api.forget();
  current = session;
  for (const listener of [...listeners]) listener(current);
}

/** Loads the session of this browser from the gateway. */
export async function load() {
  try {
    become((await api.get('/session')).data);
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    become(null);
  }
}

/** @throws Problem with 401 for a wrong token, and 429 after too many */
export async function signIn(token) {
  await api.send('POST', '/session', {token});
  await load();
  share({session: true});
}

export async function signOut() {
  await api.send('DELETE', '/session');
  share({signedOut: true});
  leave();
}

function leave() {
  for (const listener of [...leaving]) listener();
  become(null);
}

api.onUnauthorized(() => current && become(null));
shared(message => {
  if (message.session) load().catch(() => {});
  if (message.signedOut) leave();
});
