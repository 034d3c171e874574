// Stripe.js, loaded from the configured address, and the meaning of its results.

export async function loadStripe(address, publishableKey) {
  if (!window.Stripe) {
    await new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = address;
      script.addEventListener('load', resolve);
      script.addEventListener('error', () => {
        script.remove();
        reject(new NotLoaded());
      });
      document.head.append(script);
    });
  }
  return window.Stripe(publishableKey);
}

export class NotLoaded extends Error {}

/** The card or the input was rejected; a retry may succeed. */
export class CardProblem extends Error {
  /** @param code Stripe's code; declineCode is the bank's reason; each may be unknown */
  constructor({code = null, declineCode = null, message = ''} = {}) {
    super(message);
    this.code = code;
    this.declineCode = declineCode;
  }
}

/** The input is incomplete: its field shows the message, and has the focus. */
export class Incomplete extends CardProblem {}

/** A request failed, and its result is unknown. */
export class Unclear extends Error {}

const UNCLEAR = new Set(['api_connection_error', 'api_error', 'rate_limit_error', 'idempotency_error']);

/** The exception for an error of Stripe.js. */
export function meaning({type, code, decline_code: declineCode, message}) {
  if (type === 'validation_error') return new Incomplete({code, message});
  return UNCLEAR.has(type) ? new Unclear(message) : new CardProblem({code, declineCode, message});
}

/** Checks the input. The fields are frames of Stripe's; where it did not move the focus into one, the form gets it. */
export async function complete(elements) {
  const {error} = await elements.submit();
  if (!error) return;
  const form = elements.getElement('payment');
  if (!document.activeElement?.closest('.element')) form.focus();
  throw new Incomplete(error);
}

/** The elements of a payment, in the colours of the page. */
export function elementsOf(stripe, options) {
  const elements = stripe.elements({...options, appearance: appearance()});
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => elements.update({appearance: appearance()}));
  return elements;
}

function appearance() {
  const styles = getComputedStyle(document.documentElement);
  const color = name => styles.getPropertyValue(name).trim();
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    theme: isDark ? 'night' : 'stripe',
    variables: {
      colorBackground: color('--paper'),
      colorText: color('--ink'),
      colorDanger: color('--wrong'),
      borderRadius: '6px',
      ...(isDark ? {} : {colorPrimary: color('--brand-color') || '#17663a'}),
    },
  };
}

/** The current intent. @param toConfirm {clientSecret, intent: 'payment' or 'setup'} */
export async function intentOf(stripe, {clientSecret, intent}) {
  const found = intent === 'setup'
    ? await stripe.retrieveSetupIntent(clientSecret)
    : await stripe.retrievePaymentIntent(clientSecret);
  if (found.error) throw new Unclear(found.error.message);
  return found.setupIntent ?? found.paymentIntent;
}

/** Confirms the intent with the card in the elements. Returns the intent, also one that an error carries. */
export async function confirm(stripe, elements, {intent}) {
  const given = {
    elements,
    // the same page, without parameters
    confirmParams: {return_url: new URL(location.pathname, document.baseURI).href},
    redirect: 'if_required',
  };
  const {error, paymentIntent, setupIntent} = intent === 'setup'
    ? await stripe.confirmSetup(given)
    : await stripe.confirmPayment(given);
  return error
    ? {error: meaning(error), confirmed: error.setup_intent ?? error.payment_intent ?? null}
    : {error: null, confirmed: setupIntent ?? paymentIntent};
}

export const methodOf = intent =>
  (typeof intent.payment_method === 'object' ? intent.payment_method?.id : intent.payment_method) ?? null;
