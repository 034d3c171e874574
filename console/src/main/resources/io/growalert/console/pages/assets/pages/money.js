// Amounts in a currency's smallest unit.

// Stripe counts these in whole units and in thousandths, and all others in hundredths, even where ISO 4217 differs.
// https://docs.stripe.com/currencies#zero-decimal
const WHOLE = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
const THOUSANDTHS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

function decimalsOf(currency) {
  const name = currency.toUpperCase();
  return WHOLE.has(name) ? 0 : THOUSANDTHS.has(name) ? 3 : 2;
}

/** Such as 49.00, as it is typed. */
export const plain = (amount, currency) => (amount / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency));

/** The amount that was typed, such as 49 or 49.00, in the smallest unit; null when it is none. */
export function typed(text, currency) {
  const decimals = decimalsOf(currency);
  const parts = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!parts || (parts[2] ?? '').length > decimals) return null;
  return Number(parts[1]) * 10 ** decimals + Number((parts[2] ?? '').padEnd(decimals, '0') || 0);
}

/** Such as EUR 49.00. */
export function money(amount, currency) {
  const name = currency.toUpperCase();
  const decimals = decimalsOf(currency);
  const text = new Intl.NumberFormat('en', {minimumFractionDigits: decimals, maximumFractionDigits: decimals}).format(amount / 10 ** decimals);
  return `${name} ${text}`;
}
