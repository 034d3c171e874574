-- Queries on the tables of billing, which are for reading: psql -f docs/examples/billing.sql, or one at a time.

-- Open invoices
SELECT i.customer, i.id, i.status, i.amount_remaining, i.currency FROM billing.invoices i WHERE i.status = 'open';

-- Payments with their charges and device orders
SELECT p.*, c.id AS charge, c.status AS charge_status, c.amount_refunded, o.id AS device_order, o.quantity, o.refunded_amount, o.disputed
FROM billing.payments p LEFT JOIN billing.charges c ON c.payment = p.id LEFT JOIN billing.device_orders o ON o.payment = p.id;

-- Orders that may be shipped
SELECT id, customer, quantity FROM billing.device_orders WHERE status = 'paid' AND refunded_amount = 0 AND NOT disputed;

-- Orders that were refunded or are disputed: an order stays paid
SELECT id, customer, amount, refunded_amount, disputed FROM billing.device_orders WHERE refunded_amount > 0 OR disputed;

-- Stripe events that are not applied yet, and the reason
SELECT id, type, created, state, attempts, due_at, error FROM billing.stripe_events WHERE state IN ('received', 'parked');

-- Changes that are not published to Kafka yet
SELECT count(*), min(created_at) FROM billing.outbox WHERE relayed_at IS NULL;

-- Mails that are not sent, and the reason
SELECT id, kind, subject, customer, state, attempts, due_at, error FROM billing.mails WHERE state IN ('queued', 'parked');
