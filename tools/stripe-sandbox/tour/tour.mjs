// A tour of the sandbox with Stripe's own Node SDK: each call is made once, in the order of a shop's life, and counted.
//   npm install --no-save --prefix /tmp/tour stripe
//   node tools/stripe-sandbox/tour/tour.mjs /tmp/tour/node_modules/stripe http://127.0.0.1:12111
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [sdk, base, key = 'sk_test_sandbox'] = process.argv.slice(2);
if (!sdk || !base) {
  console.error('usage: node tour.mjs PATH-OF-NPMS-STRIPE http://127.0.0.1:PORT [KEY]');
  process.exit(2);
}
const loaded = createRequire(import.meta.url)(resolve(sdk));
const Stripe = loaded.Stripe ?? loaded.default ?? loaded;
const { protocol, hostname, port } = new URL(base);
const stripe = new Stripe(key, {
  protocol: protocol.slice(0, -1), host: hostname, port: Number(port), maxNetworkRetries: 0, telemetry: false,
});

const failures = [];
let calls = 0;
/** Makes one call; a failed one answers undefined, and what depends on it fails as well. */
async function call(name, make) {
  calls++;
  try {
    return await make();
  } catch (e) {
    failures.push(`${name}: ${e.code ?? e.type ?? ''} ${e.message}`);
    return undefined;
  }
}
/** A call that Stripe refuses, with this code. */
async function refused(name, code, make) {
  calls++;
  try {
    await make();
    failures.push(`${name}: was not refused`);
  } catch (e) {
    if (e.code !== code) {
      failures.push(`${name}: ${e.code} instead of ${code}: ${e.message}`);
    }
    return e;
  }
}

// catalog
const product = await call('products.create', () => stripe.products.create({ name: 'Monitoring', metadata: { tour: 'yes' } }));
await call('products.retrieve', () => stripe.products.retrieve(product.id));
await call('products.update', () => stripe.products.update(product.id, { description: 'Greenhouses' }));
await call('products.list', () => stripe.products.list({ active: true, limit: 3 }));
await call('products.search', () => stripe.products.search({ query: "active:'true' AND metadata['tour']:'yes'" }));
const basic = await call('prices.create', () => stripe.prices.create({
  product: product.id, currency: 'eur', unit_amount: 1900, recurring: { interval: 'month' }, lookup_key: 'tour_basic',
}));
const pro = await call('prices.create with a lookup key taken over', () => stripe.prices.create({
  product: product.id, currency: 'eur', unit_amount: 4900, recurring: { interval: 'month' }, lookup_key: 'tour_basic',
  transfer_lookup_key: true,
}));
const once = await call('prices.create once', () => stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 9900 }));
await call('prices.retrieve', () => stripe.prices.retrieve(basic.id, { expand: ['product'] }));
await call('prices.update', () => stripe.prices.update(basic.id, { nickname: 'Basic', lookup_key: 'tour_cheap' }));
await call('prices.list by lookup keys', async () => {
  const found = await stripe.prices.list({ lookup_keys: ['tour_basic', 'tour_cheap'], active: true });
  if (found.data.length !== 2) throw new Error(`${found.data.length} prices instead of 2`);
});
await call('prices.search', () => stripe.prices.search({ query: 'lookup_key:"tour_cheap"' }));
const unused = await call('products.create unused', () => stripe.products.create({ name: 'Unused' }));
await call('products.del', () => stripe.products.del(unused.id));

// customers and what they pay with
const customer = await call('customers.create', () => stripe.customers.create({ email: 'tour@example.com', name: 'A Tour' }));
await call('customers.retrieve', () => stripe.customers.retrieve(customer.id));
await call('customers.update', () => stripe.customers.update(customer.id, { phone: '+49 1', address: { city: 'Delft', country: 'NL' } }));
await call('customers.list', () => stripe.customers.list({ email: 'tour@example.com' }));
await call('customers.search', () => stripe.customers.search({ query: "email:'tour@example.com'" }));
const token = await call('tokens.create', () => stripe.tokens.create({ card: { number: '4242424242424242', exp_month: 12, exp_year: 2044, cvc: '123' } }));
await call('tokens.retrieve', () => stripe.tokens.retrieve(token.id));
const card = await call('paymentMethods.create', () => stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } }));
await call('paymentMethods.attach', () => stripe.paymentMethods.attach(card.id, { customer: customer.id }));
await call('paymentMethods.retrieve', () => stripe.paymentMethods.retrieve(card.id));
await call('paymentMethods.update', () => stripe.paymentMethods.update(card.id, { billing_details: { name: 'A Tour' } }));
await call('paymentMethods.list', () => stripe.paymentMethods.list({ customer: customer.id, type: 'card' }));
await call('customers.listPaymentMethods', () => stripe.customers.listPaymentMethods(customer.id));
await call('customers.retrievePaymentMethod', () => stripe.customers.retrievePaymentMethod(customer.id, card.id));
await call('customers.update default', () => stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } }));
const setup = await call('setupIntents.create', () => stripe.setupIntents.create({ customer: customer.id, payment_method_types: ['card'] }));
await call('setupIntents.update', () => stripe.setupIntents.update(setup.id, { description: 'For later' }));
await call('setupIntents.confirm', () => stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa' }));
await call('setupIntents.retrieve', () => stripe.setupIntents.retrieve(setup.id, { expand: ['payment_method'] }));
await call('setupIntents.list', () => stripe.setupIntents.list({ customer: customer.id }));
const abandoned = await call('setupIntents.create abandoned', () => stripe.setupIntents.create({}));
await call('setupIntents.cancel', () => stripe.setupIntents.cancel(abandoned.id));

// payments
const intent = await call('paymentIntents.create', () => stripe.paymentIntents.create({ amount: 9900, currency: 'eur', customer: customer.id, payment_method_types: ['card'] }));
await call('paymentIntents.update', () => stripe.paymentIntents.update(intent.id, { description: 'A device' }));
const paid = await call('paymentIntents.confirm', () => stripe.paymentIntents.confirm(intent.id, { payment_method: card.id, expand: ['latest_charge'] }));
await call('paymentIntents.retrieve', () => stripe.paymentIntents.retrieve(intent.id));
await call('paymentIntents.list', () => stripe.paymentIntents.list({ customer: customer.id }));
await call('paymentIntents.search', () => stripe.paymentIntents.search({ query: "status:'succeeded'" }));
const given = await call('paymentIntents.create to cancel', () => stripe.paymentIntents.create({ amount: 100, currency: 'eur' }));
await call('paymentIntents.cancel', () => stripe.paymentIntents.cancel(given.id));
await refused('paymentIntents.create off session', 'authentication_required', () => stripe.paymentIntents.create({
  amount: 500, currency: 'eur', payment_method: 'pm_card_authenticationRequired', payment_method_types: ['card'], confirm: true, off_session: true,
}));
await refused('paymentIntents.create declined', 'card_declined', () => stripe.paymentIntents.create({
  amount: 500, currency: 'eur', payment_method: 'pm_card_chargeDeclined', payment_method_types: ['card'], confirm: true,
}));
const debit = await call('paymentIntents.create by SEPA debit', () => stripe.paymentIntents.create({
  amount: 2500, currency: 'eur', payment_method_types: ['sepa_debit'], confirm: true,
  payment_method_data: { type: 'sepa_debit', sepa_debit: { iban: 'DE89370400440532013000' }, billing_details: { name: 'A', email: 'a@example.com' } },
  mandate_data: { customer_acceptance: { type: 'offline' } },
  expand: ['latest_charge'],
}));
await call('mandates.retrieve', () => stripe.mandates.retrieve(debit.latest_charge.payment_method_details.sepa_debit.mandate));
const confirmation = await call('testHelpers.confirmationTokens.create', () => stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' }));
await call('confirmationTokens.retrieve', () => stripe.confirmationTokens.retrieve(confirmation.id));
const charge = await call('charges.create', () => stripe.charges.create({ amount: 700, currency: 'eur', source: 'tok_visa' }));
await call('charges.retrieve', () => stripe.charges.retrieve(charge.id));
await call('charges.update', () => stripe.charges.update(charge.id, { description: 'A sensor' }));
await call('charges.list', () => stripe.charges.list({ customer: customer.id }));
await call('charges.search', () => stripe.charges.search({ query: 'amount>600 AND status:"succeeded"' }));
const refund = await call('refunds.create', () => stripe.refunds.create({ charge: paid.latest_charge.id, amount: 900 }));
await call('refunds.retrieve', () => stripe.refunds.retrieve(refund.id));
await call('refunds.update', () => stripe.refunds.update(refund.id, { metadata: { why: 'tour' } }));
await call('refunds.list', () => stripe.refunds.list({ charge: paid.latest_charge.id }));
await call('charges.create disputed', () => stripe.charges.create({ amount: 800, currency: 'eur', source: 'tok_createDispute' }));
const dispute = (await call('disputes.list', () => stripe.disputes.list()))?.data[0];
await call('disputes.retrieve', () => stripe.disputes.retrieve(dispute.id));
await call('disputes.update', () => stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'Sent' } }));
await call('disputes.close', () => stripe.disputes.close(dispute.id));

// subscriptions, coupons and plan changes
const coupon = await call('coupons.create', () => stripe.coupons.create({ percent_off: 25, duration: 'forever', name: 'Tour' }));
await call('coupons.retrieve', () => stripe.coupons.retrieve(coupon.id));
await call('coupons.update', () => stripe.coupons.update(coupon.id, { metadata: { tour: 'yes' } }));
await call('coupons.list', () => stripe.coupons.list());
const subscription = await call('subscriptions.create', () => stripe.subscriptions.create({
  customer: customer.id, items: [{ price: basic.id }], discounts: [{ coupon: coupon.id }], expand: ['latest_invoice.payments'],
}));
await call('subscriptions.retrieve', () => stripe.subscriptions.retrieve(subscription.id, { expand: ['customer', 'discounts'] }));
await call('subscriptions.list', () => stripe.subscriptions.list({ customer: customer.id, status: 'all' }));
await call('subscriptions.search', () => stripe.subscriptions.search({ query: "status:'active'" }));
const items = await call('subscriptionItems.list', () => stripe.subscriptionItems.list({ subscription: subscription.id }));
await call('subscriptionItems.retrieve', () => stripe.subscriptionItems.retrieve(items.data[0].id));
const preview = await call('invoices.createPreview', () => stripe.invoices.createPreview({
  customer: customer.id, subscription: subscription.id,
  subscription_details: { items: [{ id: items.data[0].id, price: pro.id }], proration_behavior: 'always_invoice', proration_date: items.data[0].current_period_start },
}));
const changed = await call('subscriptions.update pending', () => stripe.subscriptions.update(subscription.id, {
  items: [{ id: items.data[0].id, price: pro.id }], proration_behavior: 'always_invoice',
  proration_date: items.data[0].current_period_start, payment_behavior: 'pending_if_incomplete', expand: ['latest_invoice'],
}));
await call('the preview is the invoice', async () => {
  if (preview.amount_due !== changed.latest_invoice.amount_due) throw new Error(`${preview.amount_due} and ${changed.latest_invoice.amount_due}`);
});
await call('subscriptionItems.update', () => stripe.subscriptionItems.update(items.data[0].id, { quantity: 2 }));
await call('subscriptions.deleteDiscount', () => stripe.subscriptions.deleteDiscount(subscription.id));
await call('subscriptions.update at the end', () => stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true }));
await call('subscriptions.cancel', () => stripe.subscriptions.cancel(subscription.id));
await call('coupons.del', () => stripe.coupons.del(coupon.id));

// invoices
const item = await call('invoiceItems.create', () => stripe.invoiceItems.create({ customer: customer.id, pricing: { price: once.id }, description: 'A device' }));
await call('invoiceItems.retrieve', () => stripe.invoiceItems.retrieve(item.id));
await call('invoiceItems.update', () => stripe.invoiceItems.update(item.id, { metadata: { tour: 'yes' } }));
await call('invoiceItems.list', () => stripe.invoiceItems.list({ customer: customer.id, pending: true }));
const invoice = await call('invoices.create', () => stripe.invoices.create({ customer: customer.id, currency: 'eur', pending_invoice_items_behavior: 'include' }));
await call('invoices.update', () => stripe.invoices.update(invoice.id, { description: 'The tour' }));
await call('invoices.finalizeInvoice', () => stripe.invoices.finalizeInvoice(invoice.id));
await call('invoices.sendInvoice', () => stripe.invoices.sendInvoice(invoice.id));
await call('invoices.pay', () => stripe.invoices.pay(invoice.id));
const hosted = await call('invoices.retrieve', () => stripe.invoices.retrieve(invoice.id, { expand: ['payments', 'customer'] }));
await call('the hosted page and its PDF', async () => {
  for (const url of [hosted.hosted_invoice_url, hosted.invoice_pdf]) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status} at ${url}`);
  }
});
await call('invoices.list', () => stripe.invoices.list({ customer: customer.id, status: 'paid' }));
await call('invoices.search', () => stripe.invoices.search({ query: `customer:'${customer.id}'` }));
await call('invoices.listLineItems', () => stripe.invoices.listLineItems(invoice.id));
const payments = await call('invoicePayments.list', () => stripe.invoicePayments.list({ invoice: invoice.id }));
await call('invoicePayments.retrieve', () => stripe.invoicePayments.retrieve(payments.data[0].id));
const open = async () => {
  await stripe.invoiceItems.create({ customer: customer.id, amount: 5000, currency: 'eur' });
  return stripe.invoices.finalizeInvoice((await stripe.invoices.create({ customer: customer.id, currency: 'eur', pending_invoice_items_behavior: 'include' })).id);
};
await call('invoices.voidInvoice', async () => stripe.invoices.voidInvoice((await open()).id));
await call('invoices.markUncollectible', async () => stripe.invoices.markUncollectible((await open()).id));
const draft = await call('invoices.create a draft', () => stripe.invoices.create({ customer: customer.id }));
await call('invoices.del', () => stripe.invoices.del(draft.id));
const extra = await call('invoiceItems.create extra', () => stripe.invoiceItems.create({ customer: customer.id, amount: 100, currency: 'eur' }));
await call('invoiceItems.del', () => stripe.invoiceItems.del(extra.id));

// the rest
await call('billingPortal.sessions.create', () => stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1/account.html' }));
const endpoint = await call('webhookEndpoints.create', () => stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['invoice.paid'] }));
await call('webhookEndpoints.retrieve', () => stripe.webhookEndpoints.retrieve(endpoint.id));
await call('webhookEndpoints.update', () => stripe.webhookEndpoints.update(endpoint.id, { disabled: true }));
await call('webhookEndpoints.list', () => stripe.webhookEndpoints.list());
await call('webhookEndpoints.del', () => stripe.webhookEndpoints.del(endpoint.id));
const events = await call('events.list', () => stripe.events.list({ types: ['invoice.paid', 'charge.refunded'], limit: 5 }));
await call('events.retrieve', () => stripe.events.retrieve(events.data[0].id));
const clock = await call('testHelpers.testClocks.create', () => stripe.testHelpers.testClocks.create({ frozen_time: 1800000000 }));
await call('testHelpers.testClocks.advance', () => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1800090000 }));
await call('testHelpers.testClocks.retrieve', () => stripe.testHelpers.testClocks.retrieve(clock.id));
await call('testHelpers.testClocks.del', () => stripe.testHelpers.testClocks.del(clock.id));
await call('paymentMethods.detach', () => stripe.paymentMethods.detach(card.id));
await call('customers.del', () => stripe.customers.del(customer.id));
const unknown = await refused('an unknown parameter', 'parameter_unknown', () => stripe.customers.create({ emial: 'x' }));
if (unknown?.param !== 'emial') failures.push(`an unknown parameter: named ${unknown?.param}`);

failures.forEach((failure) => console.log(`failed: ${failure}`));
console.log(`${calls - failures.length} of ${calls} calls worked`);
process.exit(failures.length === 0 ? 0 : 1);
