// Whoever looks at the page knows whether money moves.

/** @param stripe whether Stripe.js is Stripe's own */
export function showBanner({stripe}) {
  document.getElementById('no-money').hidden = stripe === true;
}
