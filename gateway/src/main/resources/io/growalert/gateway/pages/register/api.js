// The client of the customers API. Each failure becomes an ApiProblem.

const PATIENCE_MILLIS = 60_000;
/** Retries for longer than the 12 s after which the lock of a crashed instance's request expires. */
const TRIES_WHILE_BUSY = 10;

export class ApiProblem extends Error {
  /** @param status 0 without a response, when the result of the request is unknown */
  constructor(status, members = {}, waitSeconds = 0) {
    const {code = '', declineCode = null, detail = '', field = null} = members;
    super(detail || `the server answered ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.declineCode = declineCode;
    this.field = field;
    this.waitSeconds = waitSeconds;
    this.members = members;
  }
}

export const pause = millis => new Promise(resolve => setTimeout(resolve, millis));

async function send(method, path, body, key) {
  const headers = {Accept: 'application/json'};
  if (body) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    const text = await response.text();
    return {response, text};
  } catch {
    throw new ApiProblem(0);
  }
}

/** The status and the JSON of a successful response. Retries while the same request is still being processed. */
export async function call(method, path, body, key) {
  for (let tries = 1; ; tries++) {
    const {response, text} = await send(method, path, body, key);
    const json = parsed(text);
    if (response.ok && (json || text === '')) return {status: response.status, json};
    const wait = Number(response.headers.get('Retry-After')) || 0;
    const problem = new ApiProblem(response.ok ? 0 : response.status, json ?? {}, wait);
    if (problem.code !== 'request_in_flight' || tries === TRIES_WHILE_BUSY) throw problem;
    await pause(1000 * Math.max(1, wait));
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The address of Stripe.js, whether it is Stripe's own, and the brand. */
export const pageConfig = async () => (await call('GET', '/page-config')).json;

export const config = async () => (await call('GET', '/config')).json;

export const createCustomer = (email, key) => call('POST', '/create-customer', {email}, key);

/** {subscriptionId, clientSecret, intent}: the intent to confirm, or a confirmed one; a payment or the setup of a card. */
export const createSubscription = async (priceId, key) =>
  (await call('POST', '/create-subscription', {priceId}, key)).json;

export const cancelSubscription = subscriptionId =>
  call('POST', '/cancel-subscription', {subscriptionId, when: 'now'});

/** This browser's customer's subscription, or null. */
export async function subscription() {
  try {
    return (await call('GET', '/subscription')).json;
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Sends a sign-in link to the address, if there is an account with it; the response is the same if there is none. */
export const signIn = email => call('POST', '/sign-in', {email});

/** {page}: the page to continue with. */
export const confirmSignIn = token => call('POST', '/sign-in/confirm', {token});

export const signOut = () => call('POST', '/sign-out', {});

/** Sends the customer of an expired session a link by e-mail, which starts a new session. */
export const renewSession = () => call('POST', '/renew-session', {});

/**
 * {status: 200, json: the charge} or {status: 202, json: {requiresAction, clientSecret}}.
 *
 * @param expectedAmount the amount that was shown to the customer, in expectedCurrency; with another price nothing is charged
 * @param shipping where the devices are sent, or null
 */
export function charge({token, quantity, expectedAmount, expectedCurrency, shipping, key}) {
  return call('POST', '/charge', {token, quantity, expectedAmount, expectedCurrency, ...(shipping ? {shipping} : {})}, key);
}
