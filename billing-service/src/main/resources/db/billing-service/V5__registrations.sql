-- The e-mail address with which each customer registered, known before any webhook. Personal data: deleted with the customer.
create table registrations (
    customer     text        primary key,
    address      text        not null,           -- in lower case
    subscribes   boolean     not null default false, -- a subscription may be at Stripe that has not ended
    trial_at     timestamptz,                    -- when the start of a trial was begun
    verified_at  timestamptz,                    -- the first sign-in by mail
    generation   integer     not null default 0, -- of the customer's sessions; those of an older one have ended
    created_at   timestamptz not null default clock_timestamp()
);
create index registrations_of_address on registrations (address);

insert into registrations (customer, address, subscribes, trial_at, created_at)
select c.id, lower(c.email),
       exists (select from subscriptions s
               where s.customer = c.id and s.status not in ('canceled', 'incomplete_expired')),
       (select min(s.created_at) from subscriptions s where s.customer = c.id and s.trial_end is not null),
       coalesce(c.created_at, clock_timestamp())
from customers c
where c.email is not null and not c.deleted;

-- Links that sign in, by the SHA-256 of their token: each works once.
create table sign_in_links (
    digest     bytea       primary key,
    customer   text        not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index sign_in_links_expired on sign_in_links (expires_at);
create index sign_in_links_of_customer on sign_in_links (customer);

-- Sessions that were signed out before they expired, by the SHA-256 of their cookie.
create table ended_sessions (
    digest     bytea       primary key,
    expires_at timestamptz not null
);
create index ended_sessions_expired on ended_sessions (expires_at);
