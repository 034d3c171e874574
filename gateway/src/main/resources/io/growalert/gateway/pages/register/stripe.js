// Stripe.js is loaded from where the configuration says.

export async function loadStripe(address, publishableKey) {
  if (!window.Stripe) {
    await new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = address;
      script.addEventListener('load', resolve);
      script.addEventListener('error', () => {
        script.remove();
        reject(new Error('The payment form could not be loaded. Check your connection and try again.'));
      });
      document.head.append(script);
    });
  }
  return window.Stripe(publishableKey);
}

/** A payment or setup intent by its secret. */
export async function intentOf(stripe, clientSecret) {
  const found = isSetup(clientSecret)
    ? await stripe.retrieveSetupIntent(clientSecret)
    : await stripe.retrievePaymentIntent(clientSecret);
  if (found.error) throw new Unclear(found.error.message);
  return found.setupIntent ?? found.paymentIntent;
}

/** Of a trial: nothing is paid yet, the card is only set up. */
export const isSetup = clientSecret => clientSecret.startsWith('seti_');

/** The card, or what was typed, does not do; another try may. */
export class CardProblem extends Error {}

/** Something outside broke, and it is not known what came of it. */
export class Unclear extends Error {}

const UNCLEAR = new Set(['api_connection_error', 'api_error', 'rate_limit_error']);

/** What an error of Stripe.js means. */
export function meaning(error) {
  return UNCLEAR.has(error.type) ? new Unclear(error.message) : new CardProblem(error.message);
}

export const methodOf = intent =>
  (typeof intent.payment_method === 'object' ? intent.payment_method?.id : intent.payment_method) ?? null;
