// How far the registration in this tab is. It is kept over reloads and the back button, so that each step is gone on with
// instead of done again: whatever is sent a second time carries the key that it carried the first time.

const NAME = 'growalert.registration';
/** Less than the 24 h for which the server remembers keys. */
const MAX_AGE_MILLIS = 20 * 60 * 60 * 1000;

function newKey() {
  // crypto.randomUUID would ask for https
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

function read() {
  try {
    const state = JSON.parse(sessionStorage.getItem(NAME));
    return state && Date.now() - state.begun < MAX_AGE_MILLIS ? state : null;
  } catch {
    return null;
  }
}

export class Registration {
  #state;

  constructor(state) {
    this.#state = state;
  }

  static restored() {
    return new Registration(read() ?? {begun: Date.now(), email: '', priceId: null, quantity: 0});
  }

  /** The next registration in this tab is a new one. */
  static forget() {
    try {
      sessionStorage.removeItem(NAME);
    } catch {
      // then there is none
    }
  }

  #save(changes) {
    Object.assign(this.#state, changes);
    try {
      sessionStorage.setItem(NAME, JSON.stringify(this.#state));
    } catch {
      // a browser that keeps nothing: this page still knows it
    }
  }

  get email() { return this.#state.email; }

  get priceId() { return this.#state.priceId; }

  get quantity() { return this.#state.quantity; }

  choose(email, priceId, quantity) {
    this.#save({email, priceId, quantity});
  }

  /** The same for the same e-mail address. */
  customerKey() {
    if (this.#state.customer?.email !== this.email) {
      this.#save({customer: {email: this.email, key: newKey()}});
    }
    return this.#state.customer.key;
  }

  /** {key, email, priceId, id, tried} of the one that was begun, or null. */
  get subscription() { return this.#state.subscription ?? null; }

  get isOfAnotherOrder() {
    const begun = this.subscription;
    return begun !== null && (begun.email !== this.email || begun.priceId !== this.priceId);
  }

  beginSubscription() {
    if (!this.subscription) {
      this.#save({subscription: {key: newKey(), email: this.email, priceId: this.priceId, id: null, tried: false}});
    }
    return this.subscription;
  }

  subscriptionIs(id) {
    this.#save({subscription: {...this.subscription, id}});
  }

  /** @param tried whether a payment may have gone through that we did not hear of */
  subscriptionTried(tried) {
    this.#save({subscription: {...this.subscription, tried}});
  }

  dropSubscription() {
    this.#save({subscription: null});
  }

  get isPaid() { return Boolean(this.#state.paid); }

  /** What was paid for is what was begun, whatever was chosen meanwhile. */
  subscriptionPaid(paymentMethod, processing) {
    const {email, priceId} = this.subscription;
    this.#save({email, priceId, paid: {paymentMethod, processing}});
  }

  get paymentMethod() { return this.#state.paid?.paymentMethod ?? null; }

  /** {key, token, quantity} of the device payment under way, or null: it is only to be sent again as it is. */
  get order() { return this.#state.order ?? null; }

  beginOrder(token) {
    this.#save({order: {key: newKey(), token, quantity: this.quantity}});
    return this.order;
  }

  /** The card was refused for good: the next order is one with another card and another key. */
  orderRefused() {
    this.#save({order: null, refused: true, paid: {...this.#state.paid, paymentMethod: null}});
  }

  get isRefused() { return Boolean(this.#state.refused); }

  /** @param outcome {@code paid}, {@code processing} or {@code skipped} */
  devicesAre(outcome, reference = null) {
    this.#save({devices: {outcome, reference}});
  }

  get devices() { return this.#state.devices ?? null; }

  get areDevicesOpen() { return this.isPaid && this.quantity > 0 && this.devices === null; }

  get isSubscriptionProcessing() { return Boolean(this.#state.paid?.processing); }

  /** Keeps what the success page shows. */
  finish(price, device) {
    this.#save({bought: {price, device}});
  }

  get bought() { return this.#state.bought ?? null; }
}
