// The flow of a registration: an order, its payments, the success page. Each step resumes where it stopped.

import * as api from './api.js';
import {showBanner} from './banner.js';
import {cardOfDevices, formShown, readAddress, showDevices, showPayment, showShipping} from './checkout.js';
import {payForDevices} from './devices.js';
import {filledIn, showOrder, showOrderSum, watchFields} from './order.js';
import {Registration} from './registration.js';
import {showReturned} from './returned.js';
import * as steps from './steps.js';
import * as store from './store.js';
import {loadStripe} from './stripe.js';
import {confirmSubscription, prepare} from './subscription.js';
import {UNCONFIRMED} from './words.js';

const showStatus = steps.showStatus;

export class Flow {
  registration = new Registration();
  #returned;
  #config;
  #stripe;
  /** Whether Stripe.js is Stripe's own. */
  #isStripes = false;
  /** The intent of the first payment, or null once it is confirmed. */
  #toConfirm = null;

  /** @param returned what {@code takeReturned} found */
  constructor(returned) {
    this.#returned = returned;
  }

  get isLoaded() { return Boolean(this.#stripe); }

  /** Runs the work while no other tab does, with the latest stored state. */
  alone(work) {
    return store.alone(async () => {
      this.registration.refresh();
      if (this.registration.isFinished) this.#finish();
      else await work();
    });
  }

  async load() {
    showStatus('Loading');
    const [page, config] = await Promise.all([api.pageConfig(), api.config()]);
    showBanner(page);
    this.#isStripes = page.stripe;
    this.#config = config;
    if (!config.device) this.registration.leaveOutDevices();
    watchFields(config);
    if (config.prices.length === 0 && !this.registration.subscription && !this.#returned) {
      steps.message('Registration is closed', 'No plan can be ordered at present. Try again later.',
        'If this is your site: Stripe has no price to offer. Run "growalert billing setup", then "growalert billing doctor".');
      return;
    }
    this.#stripe = await loadStripe(page.stripeJs, config.publishableKey);
    if (this.registration.subscription) {
      await this.alone(() => (this.#returned ? this.#comeBack() : this.goOn()));
    } else if (this.#returned) {
      await showReturned(this.#stripe, this.#returned);
    } else {
      history.replaceState(null, '', location.pathname);
      this.showOrder({focus: false});
    }
  }

  /** Resumes after the bank's page, to which the first payment redirected. */
  async #comeBack() {
    const returned = this.#returned;
    this.#returned = null;
    await this.goOn(returned);
    if (this.registration.isPaid) await this.#payWithFirstCard();
    else steps.problem('payment', UNCONFIRMED);
  }

  showOrder(options) {
    showOrder(this.#config, this.registration, options);
  }

  showSum() {
    if (this.#config) showOrderSum(this.#config);
  }

  async order() {
    const filled = filledIn(this.#config);
    if (!filled) return;
    await this.alone(async () => {
      if (!this.registration.isPaid) this.registration.choose(filled.email, filled.priceId, filled.quantity);
      await this.goOn();
    });
    if (this.#isPaying && location.hash !== '#payment') history.pushState(null, '', '#payment');
  }

  get #isPaying() { return steps.isShown('payment') || steps.isShown('shipping'); }

  /** Continues with the next step, which the server's and Stripe's state decides. */
  async goOn(returned = null) {
    showStatus('Preparing your payment');
    this.#toConfirm = await prepare(this.registration, this.#stripe, returned);
    this.#showNext();
  }

  /** First the address: devices that are paid are sent somewhere. */
  #showNext() {
    if (this.registration.needsShipping) this.showShipping();
    else if (this.#toConfirm) showPayment(this.#stripe, this.#toConfirm, this.#ordered());
    else this.afterFirstPayment();
  }

  showShipping() {
    showShipping(this.#stripe, this.#isStripes, this.registration);
  }

  async ship() {
    const shipping = await readAddress();
    await this.alone(() => {
      this.registration.shipTo(shipping);
      if (this.registration.isPaid) this.#toConfirm = null;
      this.#showNext();
    });
  }

  afterFirstPayment() {
    if (!this.registration.areDevicesOpen) this.#finish();
    else if (this.registration.needsShipping) this.showShipping();
    else showDevices(this.#stripe, this.registration, this.#ordered());
  }

  /** Confirms the subscription's payment with the client secret, then, when devices were ordered, pays for them. */
  async handleConfirmPayment() {
    const {registration} = this;
    if (!registration.isPaid) await confirmSubscription({registration, stripe: this.#stripe, ...formShown(), showStatus});
    await this.#payWithFirstCard();
  }

  async #payWithFirstCard() {
    const {areDevicesOpen, order, paymentMethod, needsShipping} = this.registration;
    if (areDevicesOpen && !needsShipping && (order || paymentMethod)) {
      await this.payDevices();
    } else {
      this.afterFirstPayment();
    }
  }

  async payDevices() {
    const {registration} = this;
    if (registration.areDevicesOpen) {
      const {device} = this.#config;
      await payForDevices({registration, stripe: this.#stripe, elements: cardOfDevices(), device, showStatus});
    }
    this.#finish();
  }

  /** The new price is shown from now on, and expected by the next order. */
  changePrice({unitAmount, currency}) {
    this.#config = {...this.#config, device: {...this.#config.device, unitAmount, currency}};
  }

  /** The price of a customer's subscription, or null when that price is not offered. */
  priceIn({items}) {
    return this.#config.prices.find(price => items.some(item => item.price === price.id)) ?? null;
  }

  /** Orders devices alone, with the customer's current plan. */
  async orderDevicesFor(price) {
    const {registration} = this;
    registration.choose(registration.email, price.id, registration.quantity);
    await this.alone(() => this.goOn());
  }

  skipDevices() {
    this.registration.devicesAre('skipped');
    this.#finish();
  }

  /** Another tab changed the registration. */
  async follow() {
    const begun = this.registration.subscription?.key;
    this.registration.refresh();
    if (this.registration.isFinished) this.#finish();
    else if (this.registration.isPaid) this.afterFirstPayment();
    else if (this.#isPaying && this.registration.subscription?.key !== begun) await this.alone(() => this.goOn());
  }

  #finish() {
    const {device, trialDays} = this.#config;
    if (this.registration.finish({price: this.#price(), device, trialDays})) location.replace('success.html');
    else steps.choice('Thank you', ['Your registration is complete.'], [{label: 'Go to my account', href: 'account.html'}]);
  }

  #price() {
    return this.#config.prices.find(price => price.id === this.registration.priceId);
  }

  #ordered() {
    const {quantity, shipping} = this.registration;
    return {...this.#config, price: this.#price(), quantity, shipping};
  }
}
