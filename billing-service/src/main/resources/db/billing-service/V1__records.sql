-- What Stripe told us, as it was signed. Stored before it is answered; applied later.
-- received: to be applied at due_at
-- applied:  in effect, or known to be older than what is
-- ignored:  of a type that no record depends on
-- parked:   could not be applied, with its error, until somebody applies it again
create table stripe_events (
    id          text        primary key,
    type        text        not null,
    created     timestamptz not null,
    object      text,                     -- the object's id
    customer    text,                     -- whose it is, where the event says so
    payload     text,                     -- null when it was erased
    state       text        not null default 'received' check (state in ('received', 'applied', 'ignored', 'parked')),
    attempts    integer     not null default 0,
    due_at      timestamptz not null default clock_timestamp(),
    error       text,
    awaits      text,                     -- the object that is to be fetched before this can go on
    received_at timestamptz not null default clock_timestamp(),
    done_at     timestamptz
);
alter table stripe_events alter column payload set storage external;
create index stripe_events_due on stripe_events (due_at) where state = 'received';
create index stripe_events_awaiting on stripe_events (awaits) where awaits is not null;
create index stripe_events_parked on stripe_events (received_at) where state = 'parked';
create index stripe_events_of_customer on stripe_events (customer) where payload is not null;
create index stripe_events_done on stripe_events (done_at) where state in ('applied', 'ignored');

-- How far each object of Stripe's has got: what decides whether an event is news. The record itself is in its own table.
create table objects (
    id         text        primary key,
    kind       text        not null,
    customer   text,
    as_of      timestamptz not null,      -- Stripe's second in which the object was like this
    fetched    boolean     not null,      -- it was read at as_of; otherwise an event of that second told it
    rank       smallint    not null,      -- how far it is on its way of life; only for the same second
    version    bigint      not null,      -- how often the record changed
    digest     text        not null,      -- of the record
    changed_at timestamptz not null default clock_timestamp()
);
create index objects_of_customer on objects (customer);

-- Objects whose current state has to be read from Stripe, each once however many events ask for it.
-- A fetch under way is due again when its lease ends.
create table fetches (
    object     text        primary key,
    kind       text        not null,
    due_at     timestamptz not null,
    attempts   integer     not null default 0,
    error      text
);
create index fetches_due on fetches (due_at);

-- When the next request to Stripe that is not a customer's may leave; one row for all instances.
create table pace (
    name    text        primary key,
    next_at timestamptz not null
);

-- What is to be told on growalert.billing. The sequence is drawn under the customer's lock.
create table outbox (
    sequence   bigint      generated always as identity primary key,
    id         text        not null unique,
    key        text        not null,
    type       text        not null,
    subject    text        not null,
    time       timestamptz not null,
    body       text        not null,
    created_at timestamptz not null default clock_timestamp(),
    relayed_at timestamptz,
    error      text                       -- why Kafka never takes it; it waits for a human and holds back nothing
);
create index outbox_waiting on outbox (sequence) where relayed_at is null and error is null;
create index outbox_parked on outbox (sequence) where error is not null;
create index outbox_relayed on outbox (relayed_at) where relayed_at is not null;

-- The records. Amounts are in the smallest unit of their currency.
create table customers (
    id         text        primary key,
    email      text,                      -- personal data: null when it was erased
    name       text,                      -- personal data: null when it was erased
    currency   text,
    balance    bigint      not null,
    delinquent boolean     not null,
    deleted    boolean     not null,
    created_at timestamptz
);

create table subscriptions (
    id                   text        primary key,
    customer             text        not null,
    status               text        not null,
    currency             text        not null,
    cancel_at_period_end boolean     not null,
    cancel_at            timestamptz,
    canceled_at          timestamptz,
    ended_at             timestamptz,
    trial_end            timestamptz,
    latest_invoice       text,
    created_at           timestamptz not null
);
create index subscriptions_of_customer on subscriptions (customer);

create table subscription_items (
    id           text        primary key,
    subscription text        not null references subscriptions on delete cascade,
    price        text        not null,
    product      text,
    quantity     bigint,
    unit_amount  bigint,
    period_start timestamptz,
    period_end   timestamptz
);
create index subscription_items_of_subscription on subscription_items (subscription);

create table invoices (
    id               text        primary key,
    customer         text,
    subscription     text,
    number           text,
    status           text        not null,
    billing_reason   text,
    currency         text        not null,
    amount_due       bigint      not null,
    amount_paid      bigint      not null,
    amount_remaining bigint      not null,
    total            bigint      not null,
    attempt_count    bigint      not null,
    period_start     timestamptz,
    period_end       timestamptz,
    due_at           timestamptz,
    paid_at          timestamptz,
    created_at       timestamptz not null
);
create index invoices_of_customer on invoices (customer);
create index invoices_of_subscription on invoices (subscription);

-- Which payment paid which invoice.
create table invoice_payments (
    id               text        primary key,
    customer         text,
    invoice          text        not null,
    payment          text,
    charge           text,
    status           text        not null,
    currency         text        not null,
    amount_requested bigint      not null,
    amount_paid      bigint,
    paid_at          timestamptz,
    created_at       timestamptz not null
);
create index invoice_payments_of_invoice on invoice_payments (invoice);
create index invoice_payments_of_payment on invoice_payments (payment);

create table payments (
    id              text        primary key,
    customer        text,
    status          text        not null,
    currency        text        not null,
    amount          bigint      not null,
    amount_received bigint      not null,
    latest_charge   text,
    decline_code    text,
    canceled_at     timestamptz,
    created_at      timestamptz not null
);
create index payments_of_customer on payments (customer);

create table charges (
    id              text        primary key,
    customer        text,
    payment         text,
    status          text        not null,
    currency        text        not null,
    amount          bigint      not null,
    amount_captured bigint      not null,
    amount_refunded bigint      not null,
    disputed        boolean     not null,
    failure_code    text,
    created_at      timestamptz not null
);
create index charges_of_customer on charges (customer);
create index charges_of_payment on charges (payment);

create table refunds (
    id         text        primary key,
    customer   text,
    charge     text,
    payment    text,
    status     text        not null,
    currency   text        not null,
    amount     bigint      not null,
    reason     text,
    created_at timestamptz not null
);
create index refunds_of_charge on refunds (charge);

create table disputes (
    id         text        primary key,
    customer   text,
    charge     text        not null,
    payment    text,
    status     text        not null,
    reason     text        not null,
    currency   text        not null,
    amount     bigint      not null,
    due_at     timestamptz,
    created_at timestamptz not null
);
create index disputes_of_charge on disputes (charge);

-- Ordered by POST /charge. The order is known to Stripe, as metadata of its payment; this is what came back.
create table device_orders (
    id          text        primary key,
    customer    text,
    payment     text        not null,
    status      text        not null check (status in ('pending', 'awaiting_confirmation', 'processing', 'paid', 'canceled')),
    quantity    bigint      not null,
    currency    text        not null,
    unit_amount bigint      not null,
    amount      bigint      not null,
    created_at  timestamptz not null
);
create index device_orders_of_customer on device_orders (customer);
create index device_orders_of_payment on device_orders (payment);
