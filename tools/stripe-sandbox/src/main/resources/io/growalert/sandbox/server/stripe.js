// Stands in for Stripe.js where no money moves: tests and development. It has the part of Stripe.js that a page with a card
// form uses, and speaks to the sandbox that it was loaded from. Card fields are plain inputs here, not frames of another
// origin: never use it with a real card.
(() => {
  'use strict';

  const NOTE = 'stripe-sandbox: no money moves';
  /** A page that shows that no money moves marks that element with this attribute. */
  const isNotedByPage = () => document.querySelector('[data-test-system]:not([hidden])') !== null;
  // Put in by the sandbox. It counts where a test answers https://js.stripe.com with this script.
  const SERVED_BY = '{{base}}';
  const loadedFrom = new URL(document.currentScript?.src || SERVED_BY, document.baseURI);
  const base = loadedFrom.hostname.endsWith('stripe.com') ? SERVED_BY : loadedFrom.origin;

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = 'IntegrationError';
    }
  }

  // ---- requests -----------------------------------------------------------------------------------------------------

  /** {a: {b: 1}, c: [2]} as the pairs a[b]=1, c[0]=2. Values that are absent are left out. */
  function pairs(value, name = '') {
    if (value === undefined || value === null) {
      return [];
    }
    if (typeof value !== 'object') {
      return [[name, String(value)]];
    }
    return Object.entries(value).flatMap(([key, inner]) => pairs(inner, name ? `${name}[${key}]` : key));
  }

  function connectionError() {
    return {
      type: 'api_connection_error',
      message: 'We are experiencing issues connecting to our payments provider. You have not been charged. '
        + 'Please check your internet connection and try again.',
    };
  }

  /** The object, or {error}. */
  async function call(method, path, params) {
    const form = new URLSearchParams(pairs(params));
    try {
      const response = method === 'GET'
        ? await fetch(`${base}${path}?${form}`)
        : await fetch(`${base}${path}`, {method, body: form});
      const body = await response.json();
      return response.ok ? body : {error: body.error};
    } catch {
      return {error: connectionError()};
    }
  }

  function idOf(clientSecret, prefix) {
    const match = /^([a-z]+_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(String(clientSecret));
    if (!match || !match[1].startsWith(prefix)) {
      throw new IntegrationError(`Invalid value for clientSecret: expected ${prefix}..._secret_..., but got ${clientSecret}`);
    }
    return match[1];
  }

  // ---- card fields --------------------------------------------------------------------------------------------------

  const digits = text => text.replace(/\D/g, '');
  const isAmex = number => /^3[47]/.test(number);

  function luhn(number) {
    let sum = 0;
    [...number].reverse().forEach((digit, place) => {
      const doubled = Number(digit) * (place % 2 ? 2 : 1);
      sum += doubled > 9 ? doubled - 9 : doubled;
    });
    return sum % 10 === 0;
  }

  function brand(number) {
    if (/^4/.test(number)) return 'visa';
    if (/^(5[1-5]|2[2-7])/.test(number)) return 'mastercard';
    if (isAmex(number)) return 'amex';
    if (/^6(011|5)/.test(number)) return 'discover';
    return 'unknown';
  }

  function expiry(text) {
    const given = digits(text);
    return {month: Number(given.slice(0, 2)), year: 2000 + Number(given.slice(2, 4)), complete: given.length === 4};
  }

  const FIELDS = {
    number: {
      label: 'Card number',
      autocomplete: 'cc-number',
      placeholder: '1234 1234 1234 1234',
      format: text => digits(text).slice(0, 16).replace(/(\d{4})(?=\d)/g, '$1 '),
      problem(text) {
        const number = digits(text);
        if (number.length < (isAmex(number) ? 15 : 16)) return ['incomplete_number', 'Your card number is incomplete.'];
        return luhn(number) ? null : ['invalid_number', 'Your card number is invalid.'];
      },
    },
    expiry: {
      label: 'Expiration date',
      autocomplete: 'cc-exp',
      placeholder: 'MM / YY',
      format(text) {
        let given = digits(text);
        if (/^[2-9]/.test(given)) given = `0${given}`;
        given = given.slice(0, 4);
        return given.length > 2 ? `${given.slice(0, 2)} / ${given.slice(2)}` : given;
      },
      problem(text) {
        const {month, year, complete} = expiry(text);
        if (!complete || month < 1 || month > 12) {
          return ['incomplete_expiry', "Your card's expiration date is incomplete."];
        }
        const now = new Date();
        if (year < now.getFullYear()) {
          return ['invalid_expiry_year_past', "Your card's expiration year is in the past."];
        }
        if (year === now.getFullYear() && month < now.getMonth() + 1) {
          return ['invalid_expiry_month_past', "Your card's expiration date is in the past."];
        }
        return null;
      },
    },
    cvc: {
      label: 'Security code (CVC)',
      autocomplete: 'cc-csc',
      placeholder: 'CVC',
      format: text => digits(text).slice(0, 4),
      problem: text => (digits(text).length < 3 ? ['incomplete_cvc', "Your card's security code is incomplete."] : null),
    },
    postalCode: {
      label: 'Postal code',
      autocomplete: 'postal-code',
      placeholder: '12345',
      text: true,
      format: text => text.slice(0, 10),
      problem: text => (text.trim().length < 3 ? ['incomplete_zip', 'Your postal code is incomplete.'] : null),
    },
  };

  const FIELDS_OF = {
    payment: ['number', 'expiry', 'cvc', 'postalCode'],
    card: ['number', 'expiry', 'cvc', 'postalCode'],
    cardNumber: ['number'],
    cardExpiry: ['expiry'],
    cardCvc: ['cvc'],
  };

  let inputs = 0;

  /** An element of the page, with the attributes and the styles; styles are set one by one, as a strict CSP asks. */
  function dom(tag, attributes = {}, style = {}, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    Object.assign(node.style, style);
    node.append(...children);
    return node;
  }

  class Element {
    #type;
    #options;
    #handlers = new Map();
    #fields = new Map();
    #root = null;
    #destroyed = false;

    constructor(type, options) {
      this.#type = type;
      this.#options = options || {};
    }

    get elementType() {
      return this.#type;
    }

    mount(target) {
      if (this.#destroyed) {
        throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
      }
      const place = typeof target === 'string' ? document.querySelector(target) : target;
      if (!(place instanceof HTMLElement)) {
        throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      }
      this.unmount();
      this.#root = this.#rendered();
      place.replaceChildren(this.#root);
      queueMicrotask(() => {
        if (this.#root) this.#emit('ready', {elementType: this.#type});
      });
    }

    unmount() {
      this.#root?.remove();
      this.#root = null;
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
    }

    on(name, handler) {
      this.#handlers.set(name, [...(this.#handlers.get(name) || []), handler]);
      return this;
    }

    once(name, handler) {
      const once = event => {
        this.off(name, once);
        handler(event);
      };
      return this.on(name, once);
    }

    off(name, handler) {
      this.#handlers.set(name, handler ? (this.#handlers.get(name) || []).filter(each => each !== handler) : []);
      return this;
    }

    update(options) {
      Object.assign(this.#options, options);
      this.#fields.forEach(field => {
        field.input.disabled = Boolean(this.#options.disabled);
        field.problem.style.color = this.#danger;
      });
    }

    get #danger() {
      return this.#options.appearance?.variables?.colorDanger ?? '#a3110b';
    }

    focus() {
      this.#fields.values().next().value?.input.focus();
    }

    blur() {
      this.#fields.forEach(field => field.input.blur());
    }

    clear() {
      this.#fields.forEach(field => {
        field.input.value = '';
        this.#showProblem(field, null);
      });
      this.#changed();
    }

    collapse() {}

    /** What was typed, by field. */
    get values() {
      return Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.input.value]));
    }

    /** Shows the problems, and returns the first as an error of Stripe.js, or null. */
    validate() {
      let first = null;
      this.#fields.forEach(field => {
        const problem = field.kind.problem(field.input.value);
        this.#showProblem(field, problem);
        if (problem && !first) {
          first = {type: 'validation_error', code: problem[0], message: problem[1]};
          field.input.focus();
        }
      });
      return first;
    }

    #rendered() {
      const root = dom('div', {class: 'StripeElement', 'data-stripe-element': this.#type}, {display: 'grid', gap: '0.5rem'});
      const names = (FIELDS_OF[this.#type] || [])
        .filter(name => !(name === 'postalCode' && this.#options.hidePostalCode));
      this.#fields = new Map(names.map(name => [name, this.#field(name)]));
      this.#fields.forEach(field => root.append(field.root));
      if (names.length > 1 && !isNotedByPage()) {
        root.append(dom('p', {}, {margin: '0', font: 'inherit', fontSize: '0.8em'}, NOTE));
      }
      return root;
    }

    #field(name) {
      const kind = FIELDS[name];
      const id = `stripe-sandbox-${name}-${++inputs}`;
      const input = dom('input', {
        id,
        name: `stripe-sandbox-${name}`,
        type: 'text',
        inputmode: kind.text ? 'text' : 'numeric',
        autocomplete: kind.autocomplete,
        placeholder: kind.placeholder,
        'aria-describedby': `${id}-problem`,
        'aria-required': 'true',
        spellcheck: 'false',
      }, {display: 'block', width: '100%', boxSizing: 'border-box', font: 'inherit', padding: '0.5rem'});
      input.disabled = Boolean(this.#options.disabled);
      const problem = dom('span', {id: `${id}-problem`, role: 'alert'}, {color: this.#danger, fontSize: '0.9em'});
      const root = dom('div', {}, {}, dom('label', {for: id}, {display: 'block'}, kind.label), input, problem);
      const field = {kind, input, problem, root};
      input.addEventListener('input', () => {
        if (input.selectionStart === input.value.length) {
          input.value = kind.format(input.value);
        }
        this.#showProblem(field, null);
        this.#changed();
      });
      input.addEventListener('blur', () => {
        input.value = kind.format(input.value);
        if (input.value) this.#showProblem(field, kind.problem(input.value));
        this.#emit('blur', {elementType: this.#type});
      });
      input.addEventListener('focus', () => this.#emit('focus', {elementType: this.#type}));
      input.addEventListener('keydown', event => {
        if (event.key === 'Escape') this.#emit('escape', {elementType: this.#type});
      });
      return field;
    }

    #showProblem(field, problem) {
      field.problem.textContent = problem ? problem[1] : '';
      field.input.setAttribute('aria-invalid', String(Boolean(problem)));
    }

    #changed() {
      const fields = [...this.#fields.values()];
      const started = fields.filter(field => field.input.value);
      const wrong = started
        .map(field => field.kind.problem(field.input.value))
        .find(problem => problem && !problem[0].startsWith('incomplete'));
      const {number, postalCode} = this.values;
      const event = {
        elementType: this.#type,
        empty: started.length === 0,
        complete: fields.length > 0 && fields.every(field => !field.kind.problem(field.input.value)),
      };
      if (this.#type === 'payment') {
        Object.assign(event, {collapsed: false, value: {type: 'card'}});
      } else {
        event.error = wrong ? {type: 'validation_error', code: wrong[0], message: wrong[1]} : undefined;
        if (number !== undefined) event.brand = brand(digits(number));
        if (this.#type === 'card') event.value = {postalCode: postalCode || ''};
      }
      this.#emit('change', event);
    }

    #emit(name, event) {
      (this.#handlers.get(name) || []).forEach(handler => handler(event));
    }
  }

  class Elements {
    #options;
    #elements = new Map();
    #submitted = false;

    constructor(options) {
      this.#options = options || {};
    }

    get options() {
      return this.#options;
    }

    get submitted() {
      return this.#submitted;
    }

    create(type, options) {
      if (this.#elements.has(type)) {
        throw new IntegrationError(`Can only create one Element of type ${type}.`);
      }
      const element = new Element(type, {appearance: this.#options.appearance, ...options});
      const destroy = element.destroy.bind(element);
      element.destroy = () => {
        destroy();
        this.#elements.delete(type);
      };
      this.#elements.set(type, element);
      return element;
    }

    getElement(type) {
      return this.#elements.get(type) || null;
    }

    update(options) {
      Object.assign(this.#options, options);
      const {appearance} = options;
      if (appearance) this.#elements.forEach(element => element.update({appearance}));
    }

    async fetchUpdates() {
      return {};
    }

    async submit() {
      const error = this.problem();
      this.#submitted = !error;
      return error ? {error} : {selectedPaymentMethod: 'card'};
    }

    /** The first thing that is wrong in any of them. */
    problem() {
      const problems = [...this.#elements.values()].map(element => element.validate());
      return problems.find(problem => problem) || null;
    }

    /** The card that was typed into them, as the API accepts it. */
    card() {
      const values = Object.assign({}, ...[...this.#elements.values()].map(element => element.values));
      return cardOf(values);
    }
  }

  function cardOf({number = '', expiry: expires = '', cvc = '', postalCode}) {
    const {month, year} = expiry(expires);
    return {
      card: {number: digits(number), exp_month: month, exp_year: year, cvc},
      billing_details: postalCode ? {address: {postal_code: postalCode.trim()}} : undefined,
    };
  }

  function merged(details, given) {
    return {...details, ...given, address: {...details?.address, ...given?.address}};
  }

  // ---- 3-D Secure ---------------------------------------------------------------------------------------------------

  // https://docs.stripe.com/currencies#zero-decimal
  const WHOLE = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
  const THOUSANDTHS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

  /** @param amount in the currency's smallest unit */
  function money(amount, currency) {
    const name = String(currency).toUpperCase();
    const decimals = WHOLE.has(name) ? 0 : THOUSANDTHS.has(name) ? 3 : 2;
    return new Intl.NumberFormat('en', {style: 'currency', currency: name, minimumFractionDigits: decimals, maximumFractionDigits: decimals})
      .format(amount / 10 ** decimals);
  }

  /** Requests the cardholder's authentication, like a bank. True when it succeeded. */
  function askForConsent(intent) {
    const before = document.activeElement;
    return new Promise(resolve => {
      const button = text => dom('button', {type: 'button'}, {font: 'inherit', padding: '0.5rem 1rem', margin: '0 0.5rem 0.5rem 0'}, text);
      const complete = button('Complete authentication');
      const fail = button('Fail authentication');
      const title = dom('h2', {id: 'stripe-sandbox-3ds'}, {margin: '0 0 0.5rem', fontSize: '1.25rem'}, '3-D Secure test page');
      const payment = intent.amount === undefined ? 'this card' : `this payment of ${money(intent.amount, intent.currency)}`;
      const dialog = dom('div', {
        role: 'dialog',
        'aria-modal': 'true',
        'aria-labelledby': 'stripe-sandbox-3ds',
        'aria-describedby': 'stripe-sandbox-3ds-text',
      }, {background: '#fff', color: '#111', padding: '1.5rem', borderRadius: '0.5rem', maxWidth: '28rem', font: '16px/1.5 system-ui, sans-serif'},
      title,
      dom('p', {id: 'stripe-sandbox-3ds-text'}, {margin: '0 0 1rem'}, `Your bank would ask you to confirm ${payment}.${isNotedByPage() ? '' : ` ${NOTE}.`}`),
      complete,
      fail);
      const veil = dom('div', {}, {
        position: 'fixed', inset: '0', zIndex: '2147483647', display: 'grid', placeItems: 'center', background: 'rgba(0, 0, 0, 0.5)',
      }, dialog);
      const end = consent => {
        veil.remove();
        if (before instanceof HTMLElement) before.focus();
        resolve(consent);
      };
      complete.addEventListener('click', () => end(true));
      fail.addEventListener('click', () => end(false));
      dialog.addEventListener('keydown', event => {
        if (event.key === 'Escape') {
          end(false);
        } else if (event.key === 'Tab') {
          // two buttons: either way leads to the other one
          event.preventDefault();
          (document.activeElement === complete ? fail : complete).focus();
        }
      });
      document.body.append(veil);
      complete.focus();
    });
  }

  // ---- intents ------------------------------------------------------------------------------------------------------

  const PAYMENT = {prefix: 'pi_', path: '/v1/payment_intents', result: 'paymentIntent', name: 'payment_intent'};
  const SETUP = {prefix: 'seti_', path: '/v1/setup_intents', result: 'setupIntent', name: 'setup_intent'};

  function authenticationError(kind, intent) {
    return {
      type: 'invalid_request_error',
      code: `${kind.name}_authentication_failure`,
      message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      [kind.name]: intent,
    };
  }

  function Stripe(publishableKey, options) {
    if (typeof publishableKey !== 'string' || publishableKey === '') {
      throw new IntegrationError('Please call Stripe() with your publishable key. You used an empty string.');
    }
    if (publishableKey.startsWith('sk_')) {
      throw new IntegrationError('You should not use your secret key with Stripe.js. Please pass a publishable key instead.');
    }
    if (!(this instanceof Stripe) && !new.target) {
      return new Stripe(publishableKey, options);
    }
    showNote();
    const api = (method, path, params) => call(method, path, {...params, key: publishableKey});

    const retrieve = async (kind, clientSecret) => {
      const intent = await api('GET', `${kind.path}/${idOf(clientSecret, kind.prefix)}`, {client_secret: clientSecret});
      return intent.error ? intent : {[kind.result]: intent};
    };

    const authenticated = async (kind, intent) => {
      const elsewhere = intent.next_action?.redirect_to_url?.url;
      if (elsewhere?.startsWith('/')) {
        // a page of the sandbox in the bank's place; it leads back to the return_url
        window.location.assign(new URL(elsewhere, base));
        return new Promise(() => {});
      }
      const consent = await askForConsent(intent);
      await call('POST', `/sandbox/${kind.name}s/${intent.id}/authenticate`, {success: consent});
      const after = await retrieve(kind, intent.client_secret);
      const now = after[kind.result];
      if (after.error || now.status !== 'requires_payment_method') return after;
      // the consent was given, and the card declined
      const declined = now.last_payment_error || now.last_setup_error;
      return {error: consent && declined ? {...declined, [kind.name]: now} : authenticationError(kind, now)};
    };

    const confirm = async (kind, clientSecret, params, handleActions = true) => {
      const id = idOf(clientSecret, kind.prefix);
      const intent = await api('POST', `${kind.path}/${id}/confirm`, {...params, client_secret: clientSecret, use_stripe_sdk: true});
      if (intent.error) return intent;
      return intent.status === 'requires_action' && handleActions
        ? authenticated(kind, intent)
        : {[kind.result]: intent};
    };

    const paymentMethod = async data => {
      const made = await api('POST', '/v1/payment_methods', {type: 'card', ...data});
      return made.error ? made : {paymentMethod: made};
    };

    /** A payment method of what was typed, or {error}. */
    const ofElements = async (elements, billingDetails) => {
      const error = elements.problem();
      if (error) return {error};
      const typed = elements.card();
      return paymentMethod({...typed, billing_details: merged(typed.billing_details, billingDetails)});
    };

    /** A payment method of what confirmCardPayment and createPaymentMethod take as card. */
    const ofCard = async ({card, billing_details: billingDetails}) => {
      if (card instanceof Element) {
        const error = card.validate();
        if (error) return {error};
        const typed = cardOf(card.values);
        return paymentMethod({...typed, billing_details: merged(typed.billing_details, billingDetails)});
      }
      return paymentMethod({card, billing_details: billingDetails});
    };

    const confirmWithElements = async (kind, {elements, clientSecret, confirmParams = {}, redirect = 'always'}) => {
      const secret = clientSecret || elements?.options.clientSecret;
      if (redirect !== 'if_required' && !confirmParams.return_url) {
        throw new IntegrationError('confirmParams.return_url is required when redirect is not "if_required".');
      }
      const {payment_method_data: data, return_url: returnUrl, ...rest} = confirmParams;
      const params = {...rest, return_url: returnUrl};
      if (elements && !params.payment_method && !params.confirmation_token) {
        if (elements.options.mode && !elements.submitted) {
          throw new IntegrationError('elements.submit() must be called before any asynchronous work and before the payment is confirmed.');
        }
        const made = await ofElements(elements, data?.billing_details);
        if (made.error) return made;
        params.payment_method = made.paymentMethod.id;
      }
      const result = await confirm(kind, secret, params);
      if (result.error || redirect === 'if_required') return result;
      const url = new URL(returnUrl, document.baseURI);
      url.searchParams.set(kind.name, result[kind.result].id);
      url.searchParams.set(`${kind.name}_client_secret`, secret);
      url.searchParams.set('redirect_status', 'succeeded');
      window.location.assign(url);
      return new Promise(() => {});
    };

    const confirmCard = async (kind, clientSecret, data = {}, {handleActions = true} = {}) => {
      const {payment_method: method, ...params} = data;
      if (typeof method === 'string') {
        params.payment_method = method;
      } else if (method) {
        const made = await ofCard(method);
        if (made.error) return made;
        params.payment_method = made.paymentMethod.id;
      }
      return confirm(kind, clientSecret, params, handleActions);
    };

    const handleNextAction = async clientSecret => {
      const kind = String(clientSecret).startsWith(SETUP.prefix) ? SETUP : PAYMENT;
      const found = await retrieve(kind, clientSecret);
      const intent = found[kind.result];
      return intent?.status === 'requires_action' ? authenticated(kind, intent) : found;
    };

    Object.assign(this, {
      elements: elementsOptions => new Elements({...elementsOptions}),
      confirmPayment: given => confirmWithElements(PAYMENT, given),
      confirmSetup: given => confirmWithElements(SETUP, given),
      confirmCardPayment: (secret, data, confirmOptions) => confirmCard(PAYMENT, secret, data, confirmOptions),
      confirmCardSetup: (secret, data, confirmOptions) => confirmCard(SETUP, secret, data, confirmOptions),
      retrievePaymentIntent: secret => retrieve(PAYMENT, secret),
      retrieveSetupIntent: secret => retrieve(SETUP, secret),
      handleNextAction: ({clientSecret}) => handleNextAction(clientSecret),
      handleCardAction: handleNextAction,
      createPaymentMethod: given => (given.elements
        ? ofElements(given.elements, given.params?.billing_details)
        : ofCard(given)),
      async createToken(element, data = {}) {
        const error = element.validate();
        if (error) return {error};
        const {card, billing_details: details} = cardOf(element.values);
        const zip = details?.address.postal_code;
        const token = await api('POST', '/v1/tokens', {card: {...card, address_zip: zip, ...data}});
        return token.error ? token : {token};
      },
      async createConfirmationToken({elements, params = {}}) {
        const error = elements.problem();
        if (error) return {error};
        const typed = elements.card();
        const billing = merged(typed.billing_details, params.payment_method_data?.billing_details);
        const token = await api('POST', '/v1/confirmation_tokens', {
          payment_method_data: {type: 'card', ...typed, billing_details: billing},
          return_url: params.return_url,
        });
        return token.error ? token : {confirmationToken: token};
      },
      registerAppInfo() {},
      _registerWrapper() {},
    });
  }

  Stripe.version = 'sandbox';

  let noted = false;

  /** Shows on the page that this is not Stripe. */
  function showNote() {
    if (noted || isNotedByPage()) return;
    noted = true;
    // at the end of the page, where it hides nothing
    const note = dom('aside', {'data-stripe-sandbox': '', 'aria-label': 'Sandbox'}, {
      width: 'fit-content', padding: '0.25rem 0.75rem', background: '#ffd84d', color: '#111', font: '14px/1.5 system-ui, sans-serif',
    }, NOTE);
    const show = () => document.body.append(note);
    if (document.body) {
      show();
    } else {
      document.addEventListener('DOMContentLoaded', show);
    }
  }

  window.Stripe = Stripe;
})();
