-- The mails to customers, one row for each fact: written in the fact's transaction, sent once, found again by kind and subject.
-- queued:    to be sent at due_at; while it is being sent, due_at is when the sender's lease expires
-- sent:      accepted by the mail server, or written to the folder
-- parked:    not sent within its time, with its error, until an operator sends it again
-- discarded: there is nothing to send: no address, a later fact superseded this one, no mail server, or an operator decided so
create table mails (
    id         bigint      generated always as identity primary key,
    kind       text        not null,
    subject    text        not null,       -- what happened: the id of the invoice, the order, the refund
    customer   text        not null,
    content    jsonb       not null default '{}', -- what the template shows; neither addresses nor tokens
    state      text        not null default 'queued' check (state in ('queued', 'sent', 'parked', 'discarded')),
    attempts   integer     not null default 0,
    resends    integer     not null default 0, -- by operators
    due_at     timestamptz not null default clock_timestamp(),
    error      text,
    created_at timestamptz not null default clock_timestamp(),
    queued_at  timestamptz not null default clock_timestamp(), -- from then on its time to be sent runs
    done_at    timestamptz,
    unique (kind, subject)
);
create index mails_due on mails (due_at) where state = 'queued';
create index mails_links_due on mails (due_at) where state = 'queued' and kind in ('sign_in', 'email_change');
create index mails_in_state on mails (state, id);
create index mails_of_customer on mails (customer);
create index mails_done on mails (done_at) where done_at is not null;
