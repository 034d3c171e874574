-- What happened, as it was on the topic. The sequence is the order in which it is told.
create table alert_events (
    sequence    bigint generated always as identity,
    id          text        primary key,
    alert_id    text        not null,
    incident_id text        not null,
    monitor_id  text        not null,
    type        text        not null check (type in ('firing', 'reminder', 'resolved')),
    slot        timestamptz not null,
    body        text        not null,
    received_at timestamptz not null default clock_timestamp()
);
create index alert_events_of_alert on alert_events (alert_id, sequence);

create table incidents (
    id          text        primary key,
    alert_id    text        not null,
    monitor_id  text        not null,
    series      jsonb       not null,
    labels      jsonb       not null,
    status      text        not null,
    value       double precision,
    reason      text        not null,
    summary     text        not null,
    fired_at    timestamptz not null,
    resolved_at timestamptz
);
create index incidents_open on incidents (fired_at desc, id) where resolved_at is null;
create index incidents_of_alert on incidents (alert_id, fired_at desc);

-- pending:   to be told at due_at; while a lease_owner is telling it, due_at is where the lease ends
-- held:      to be told when the mute of its monitor ends
-- muted:     never told, because it started and ended inside a mute
-- delivered: told
-- parked:    given up, until somebody sends it again
create table deliveries (
    id          text        primary key,
    event_id    text        not null references alert_events,
    sequence    bigint      not null,
    alert_id    text        not null,
    incident_id text        not null,
    monitor_id  text        not null,
    receiver    text        not null,
    state       text        not null check (state in ('pending', 'held', 'muted', 'delivered', 'parked')),
    attempts    int         not null default 0,
    created_at  timestamptz not null default clock_timestamp(),
    live_from   timestamptz not null default clock_timestamp(),
    due_at      timestamptz not null default clock_timestamp(),
    lease_owner text,
    finished_at timestamptz,
    detail      text
);
create index deliveries_due on deliveries (receiver, due_at) where state = 'pending';
create index deliveries_unfinished on deliveries (alert_id, receiver, sequence) where state in ('pending', 'held');
create index deliveries_held on deliveries (monitor_id, incident_id) where state = 'held';
create index deliveries_parked on deliveries (sequence) where state = 'parked';
create index deliveries_of_alert on deliveries (alert_id, receiver, sequence);
create index deliveries_of_event on deliveries (event_id);

create table mutes (
    monitor_id text        primary key,
    until      timestamptz not null,
    comment    text        not null,
    created_at timestamptz not null default clock_timestamp()
);
