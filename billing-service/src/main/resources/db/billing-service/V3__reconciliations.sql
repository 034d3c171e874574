-- What came of each reconciliation with Stripe that was not given up.
create table reconciliations (
    started_at timestamptz primary key,
    ended_at   timestamptz not null,
    since      timestamptz not null,      -- how far it looked back
    complete   boolean     not null,
    report     text        not null       -- JSON
);
