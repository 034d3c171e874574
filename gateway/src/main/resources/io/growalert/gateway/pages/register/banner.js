// The banner of a test system, where no real money moves.

/** @param stripe whether Stripe.js is Stripe's own */
export function showBanner({stripe}) {
  document.getElementById('no-money').hidden = stripe === true;
}
