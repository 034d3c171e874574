// Stores the progress of a registration. All tabs of this browser share one, so that it survives a closed tab and two tabs send
// the same keys. The purchase is stored for one tab, and is deleted with it.

const REGISTRATION = 'growalert.registration';
const BOUGHT = 'growalert.bought';
const LOCK = 'growalert.registration';
/** Less than the 24 h for which the server stores keys. */
const MAX_AGE_MILLIS = 20 * 60 * 60 * 1000;
const WAIT_FOR_OTHER_TABS_MILLIS = 3_000;

/** Another tab holds the lock, for example while it waits for a bank. */
export class Elsewhere extends Error {}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** False where a browser stores nothing. */
function tried(work) {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/** The registration that all tabs share, or null; an expired one is deleted. */
export function read() {
  let state = null;
  tried(() => {
    state = parsed(localStorage.getItem(REGISTRATION));
  });
  if (state && !(Date.now() - state.begun < MAX_AGE_MILLIS)) {
    tried(() => localStorage.removeItem(REGISTRATION));
    return null;
  }
  return state;
}

export const write = state => tried(() => localStorage.setItem(REGISTRATION, JSON.stringify(state)));

/** What was bought in this tab, or null. */
export function bought() {
  let summary = null;
  tried(() => {
    summary = parsed(sessionStorage.getItem(BOUGHT));
  });
  return summary;
}

export const keepBought = summary => tried(() => sessionStorage.setItem(BOUGHT, JSON.stringify(summary)));

/** The next registration is a new one. */
export function forget() {
  tried(() => localStorage.removeItem(REGISTRATION));
  tried(() => sessionStorage.removeItem(BOUGHT));
}

/** Notifies the listener when another tab changed the registration. */
export function onChangeElsewhere(listener) {
  window.addEventListener('storage', event => {
    if (event.key === REGISTRATION) listener();
  });
}

/**
 * Runs the work under a lock that all tabs share. Without https there are no locks; then the idempotency keys alone prevent a
 * second charge.
 */
export async function alone(work) {
  if (!navigator.locks) return work();
  let granted = false;
  try {
    return await navigator.locks.request(LOCK, {signal: AbortSignal.timeout(WAIT_FOR_OTHER_TABS_MILLIS)}, () => {
      granted = true;
      return work();
    });
  } catch (problem) {
    throw granted ? problem : new Elsewhere();
  }
}
