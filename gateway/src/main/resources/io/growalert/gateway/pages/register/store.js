// Stores the progress of a registration. All tabs of this browser share one, so that it survives a closed tab and two tabs send
// the same keys. The delivery address and the purchase are stored for one tab, and are deleted with it.

const REGISTRATION = 'growalert.registration';
const DELIVERY = 'growalert.delivery';
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

function ofThisTab(name) {
  let stored = null;
  tried(() => {
    stored = parsed(sessionStorage.getItem(name));
  });
  return stored;
}

const keepForThisTab = (name, value) => tried(() => sessionStorage.setItem(name, JSON.stringify(value)));

/** The delivery address that was entered in this tab for the registration with this id, or null. */
export function delivery(id) {
  const stored = ofThisTab(DELIVERY);
  return stored?.id === id ? stored.shipping : null;
}

export const keepDelivery = (id, shipping) => keepForThisTab(DELIVERY, {id, shipping});

/** The next user of this tab does not see where devices are sent. */
export const forgetDelivery = () => tried(() => sessionStorage.removeItem(DELIVERY));

/** What was bought in this tab, or null. */
export const bought = () => ofThisTab(BOUGHT);

/** The purchase replaces the delivery address. */
export function keepBought(summary) {
  forgetDelivery();
  return keepForThisTab(BOUGHT, summary);
}

/** The next registration is a new one. */
export function forget() {
  tried(() => localStorage.removeItem(REGISTRATION));
  tried(() => sessionStorage.removeItem(BOUGHT));
  forgetDelivery();
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
