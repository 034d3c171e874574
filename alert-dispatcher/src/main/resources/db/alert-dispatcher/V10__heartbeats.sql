-- The last heartbeat of each partition of growalert.check-results that passed the alert state and the notifier.
create table heartbeats (
    partition int         primary key,
    sent_at   timestamptz not null,
    stored_at timestamptz not null
);

-- When the next dead man's call is due; an instance claims it by setting the one after it.
create table dead_man_calls (
    due_at timestamptz not null
);
insert into dead_man_calls (due_at) values ('-infinity');
