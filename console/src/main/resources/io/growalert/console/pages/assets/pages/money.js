// Amounts in a currency's smallest unit.

// Stripe counts these in whole units and in thousandths, and all others in hundredths, even where ISO 4217 differs.
// https://docs.stripe.com/currencies#zero-decimal
const WHOLE = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
const THOUSANDTHS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Such as EUR 49.00. */
export function money(amount, currency) {
  const name = currency.toUpperCase();
  const decimals = WHOLE.has(name) ? 0 : THOUSANDTHS.has(name) ? 3 : 2;
  const text = new Intl.NumberFormat('en', {minimumFractionDigits: decimals, maximumFractionDigits: decimals}).format(amount / 10 ** decimals);
  return `${name} ${text}`;
}
