-- What a customer asked for once, however often it is sent: found again by the key of whoever sent it, or by one that
-- follows from what was asked. Only ids of Stripe's objects are kept, never an answer or a secret.
-- open:   worked on until lease_until, or its outcome is unknown, when that is over
-- done:   the object is made; how it fares is asked of Stripe
-- failed: a card was refused
create table requests (
    customer    text        not null,
    endpoint    text        not null,
    key         text        not null,     -- sha-256 in hex
    body        text        not null,     -- sha-256 of the key and what was asked for
    id          uuid        not null unique default gen_random_uuid(), -- in the object's metadata, and in every key sent to Stripe
    generation  integer     not null default 0, -- of those keys: Stripe repeats even a failure of its own
    state       text        not null default 'open' check (state in ('open', 'done', 'failed')),
    object      text,
    holder      uuid        not null,
    lease_until timestamptz not null,
    created_at  timestamptz not null default clock_timestamp(),
    primary key (customer, endpoint, key)
);
create index requests_created on requests (created_at);

-- Tries that are counted against a limit, of whom: a customer's id, or an address in a form that only we can tell.
create table attempts (
    id      bigint      generated always as identity primary key,
    kind    text        not null,
    subject text        not null,
    at      timestamptz not null default clock_timestamp()
);
create index attempts_of_subject on attempts (kind, subject, at);
create index attempts_at on attempts (at);
