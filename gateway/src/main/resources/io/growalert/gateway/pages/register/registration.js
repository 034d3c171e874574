// The progress of the registration, so that each step resumes instead of starting again: a retry carries the idempotency key of
// the first request.

import * as store from './store.js';

/** The registration was ended in another tab. */
export class Ended extends Error {}

function newKey() {
  // crypto.randomUUID requires https
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

const idOf = clientSecret => clientSecret.split('_secret_')[0];

export class Registration {
  #state;
  #kept;
  /** For the success page of this tab: another tab may have ended the registration before. */
  #email = '';
  /** In no other tab, so that it does not remain in the browser. */
  #shipping = null;

  /** Resumes this browser's registration, or starts one. */
  constructor() {
    const state = store.read();
    this.#kept = state !== null && !state.bought;
    this.#state = this.#kept ? state : {id: newKey(), begun: Date.now(), email: '', priceId: null, quantity: 0};
    this.#email = this.#state.email;
    this.#shipping = store.delivery(this.#state.id);
  }

  #take(state) {
    this.#state = state;
    this.#email = state.email ?? this.#email;
  }

  /** Merges the changes into the latest state, which another tab may have written. */
  #save(changes) {
    const latest = store.read();
    this.#take({...(latest?.id === this.#state.id ? latest : this.#state), ...changes});
    this.#kept = store.write(this.#state) || this.#kept;
  }

  /** Loads the changes of other tabs. */
  refresh() {
    const state = store.read();
    if (state?.id === this.#state.id || (!this.#kept && state && !state.bought)) {
      this.#take(state);
      this.#kept = true;
    } else if (this.#kept) {
      throw new Ended();
    }
  }

  /** Whether this browser has a registration that is not finished. */
  get isBegun() { return this.#kept && !this.isFinished; }

  get email() { return this.#state.email; }

  get priceId() { return this.#state.priceId; }

  get quantity() { return this.#state.quantity; }

  choose(email, priceId, quantity) {
    this.#save({email, priceId, quantity});
  }

  /** The delivery address, as {@code /charge} accepts it, or null. */
  get shipping() { return this.#shipping; }

  shipTo(shipping) {
    this.#shipping = shipping;
    store.keepDelivery(this.#state.id, shipping);
  }

  /** Whether devices are ordered, and neither an order is under way nor is it known where to. */
  get needsShipping() { return this.quantity > 0 && !this.#state.devices && !this.order && !this.shipping; }

  /** Whether a customer whose session expired chose to become a new customer. */
  get isAnew() { return Boolean(this.#state.anew); }

  beginAnew() {
    this.#save({anew: true});
  }

  /** One key per e-mail address. */
  customerKey() {
    if (this.#state.customer?.email !== this.email) {
      this.#save({customer: {email: this.email, key: newKey()}});
    }
    return this.#state.customer.key;
  }

  dropCustomerKey() {
    this.#save({customer: null});
  }

  /** {key, email, priceId, id, intent, tried, existing} of the started subscription, or null. */
  get subscription() { return this.#state.subscription ?? null; }

  get isOfAnotherOrder() {
    const begun = this.subscription;
    return begun !== null && (begun.email !== this.email || begun.priceId !== this.priceId);
  }

  /** @param existing whether the customer had it before this registration */
  beginSubscription(existing = false) {
    if (!this.subscription) {
      const {email, priceId} = this;
      this.#save({
        subscription: {key: newKey(), email, priceId, id: null, tried: false, existing},
        // created before any payment, so that two tabs have the same key
        orderKey: newKey(),
      });
    }
    return this.subscription;
  }

  subscriptionIs(id) {
    this.#save({subscription: {...this.subscription, id}});
  }

  /** The intent that is confirmed for it: a payment or the setup of a card. Its secret is not stored. */
  intentIs(clientSecret, intent) {
    this.#save({subscription: {...this.subscription, intent, intentId: idOf(clientSecret)}});
  }

  isOwnIntent(clientSecret) { return this.subscription?.intentId === idOf(clientSecret); }

  /** @param tried whether a payment may have succeeded whose result is unknown */
  subscriptionTried(tried) {
    this.#save({subscription: {...this.subscription, tried, existing: this.subscription.existing && !tried}});
  }

  dropSubscription() {
    this.#save({subscription: null, paid: null});
  }

  get isPaid() { return Boolean(this.#state.paid); }

  /** {paymentMethod, intent, processing, due: {amount, currency} or null} of the first payment, or null. */
  get paid() { return this.#state.paid ?? null; }

  /** The started subscription is what was paid for, even if the choice changed meanwhile. */
  subscriptionPaid({paymentMethod, intent, processing, due = null}) {
    const {email, priceId, existing} = this.subscription;
    // a stored card is not charged without the customer's consent
    this.#save({email, priceId, paid: {paymentMethod: existing ? null : paymentMethod, intent, processing, due}});
  }

  /** Whether the customer had, and paid, the subscription before. */
  get isExisting() { return this.isPaid && this.subscription.existing; }

  get paymentMethod() { return this.#state.paid?.paymentMethod ?? null; }

  /** {key, token, quantity, expectedAmount, expectedCurrency} of the device payment in progress, or null. A retry must send it unchanged. */
  get order() { return this.#state.order ?? null; }

  /** Returns an order that another tab started meanwhile, too; null when it was paid there. */
  beginOrder(token, {unitAmount, currency}) {
    this.refresh();
    if (!this.order && this.areDevicesOpen) {
      const {quantity} = this;
      this.#save({order: {
        key: this.#state.orderKey, token, quantity, expectedAmount: quantity * unitAmount, expectedCurrency: currency,
      }});
    }
    return this.order;
  }

  /** Stores that the order is sent. Returns whether this is the first time. */
  orderIsSent() {
    const isFirst = !this.order?.sent;
    if (this.order && isFirst) this.#save({order: {...this.order, sent: true}});
    return isFirst;
  }

  /** Nothing was charged, and not because of the card: a next order has a new key. */
  orderFailed() {
    this.#save({order: null, orderKey: newKey(), refused: true});
  }

  /** The card was declined permanently: the next order has another card and a new key. */
  orderRefused() {
    this.#save({order: null, orderKey: newKey(), refused: true, paid: {...this.#state.paid, paymentMethod: null}});
  }

  get isRefused() { return Boolean(this.#state.refused); }

  /** @param outcome {@code paid}, {@code processing} or {@code skipped} */
  devicesAre(outcome, reference = null) {
    this.#save({devices: {outcome, reference}});
  }

  /** Devices cannot be ordered at present. An order that was sent continues. */
  leaveOutDevices() {
    if (this.order) return;
    if (this.areDevicesOpen) this.devicesAre('skipped');
    else if (this.quantity > 0 && !this.isPaid) this.choose(this.email, this.priceId, 0);
  }

  get areDevicesOpen() { return this.isPaid && this.quantity > 0 && !this.#state.devices; }

  /** Whether a payment may have been made, so that no new registration must be started. */
  get mayHavePaid() { return this.isPaid || Boolean(this.subscription?.tried) || this.order !== null; }

  get isFinished() { return Boolean(this.#state.bought); }

  /**
   * Stores the purchase for the success page. The e-mail address and the delivery address are stored for this tab only.
   *
   * @return false where a browser stores nothing
   */
  finish({price, device, trialDays}) {
    const {quantity, devices = null, subscription, paid, id, begun} = this.#state;
    const bought = this.#state.bought ?? {
      price,
      device,
      trialDays: paid.intent === 'setup' ? trialDays : 0,
      quantity: devices && devices.outcome !== 'skipped' ? quantity : 0,
      devices,
      existing: subscription.existing,
      processing: paid.processing,
      due: paid.due ?? null,
    };
    this.#state = {id, begun, bought};
    store.write(this.#state);
    return store.keepBought({...bought, email: this.#email, shipping: bought.quantity > 0 ? this.#shipping : null});
  }
}
