-- Where the customer sees an invoice or a receipt at Stripe. Anyone with such an address can open it: only for the customer, never published.
alter table invoices
    add column hosted_url text,
    add column pdf_url    text;
alter table charges add column receipt_url text;
create index invoices_listed on invoices (customer, created_at, id);
create index charges_with_receipt on charges (customer, created_at, id) where receipt_url is not null;

-- Of those that were recorded before, from the latest stored event.
update invoices i
set hosted_url = substring(e.payload from '"hosted_invoice_url"\s*:\s*"(https?://[^"\\[:space:]]+)"'),
    pdf_url    = substring(e.payload from '"invoice_pdf"\s*:\s*"(https?://[^"\\[:space:]]+)"')
from (select distinct on (object) object, payload
      from stripe_events
      where state = 'applied' and payload is not null
        and type in ('invoice.finalized', 'invoice.paid', 'invoice.payment_succeeded', 'invoice.payment_failed')
      order by object, created desc, id) as e
where e.object = i.id;

update charges c
set receipt_url = substring(e.payload from '"receipt_url"\s*:\s*"(https?://[^"\\[:space:]]+)"')
from (select distinct on (object) object, payload
      from stripe_events
      where state = 'applied' and payload is not null
        and type in ('charge.succeeded', 'charge.captured', 'charge.updated')
      order by object, created desc, id) as e
where e.object = c.id;

-- What a customer was shown before a change of the plan: the change must cost the same. Deleted after a day.
create table plan_previews (
    customer       text        not null,
    price          text        not null,
    proration_at   timestamptz not null,
    subscription   text        not null,
    previous_price text        not null,
    currency       text        not null,
    amount         bigint      not null,
    primary key (customer, price, proration_at)
);
create index plan_previews_old on plan_previews (proration_at);

-- Requested changes of a customer's e-mail address. Personal data: deleted with the customer, and 30 days after the request.
create table email_changes (
    id               uuid        primary key default gen_random_uuid(),
    customer         text        not null,
    address          text        not null,
    previous_address text,                 -- before the confirmation began
    confirmed_at     timestamptz,          -- the address was changed, by the link or the event of a begun confirmation
    created_at       timestamptz not null default clock_timestamp()
);
create index email_changes_of_customer on email_changes (customer);
create index email_changes_created on email_changes (created_at);

-- Links that confirm a change, by the SHA-256 of their token.
create table email_change_links (
    digest       bytea       primary key,
    email_change uuid        not null references email_changes on delete cascade,
    expires_at   timestamptz not null
);
create index email_change_links_of_change on email_change_links (email_change);
