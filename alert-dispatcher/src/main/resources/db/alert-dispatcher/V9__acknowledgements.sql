-- Incidents that an operator works on; the last acknowledgement of each.
create table incident_acknowledgements (
    incident_id text        primary key references incidents on delete cascade,
    -- null: until the incident is resolved
    until       timestamptz,
    comment     text        not null,
    created_by  text        not null,
    created_at  timestamptz not null,
    -- null: in force, or over with the incident
    ended_at    timestamptz
);
create index incident_acknowledgements_due on incident_acknowledgements (until) where ended_at is null and until is not null;

-- Further notifications of incidents, by the routes of their firings: each step of an escalation, and the repeat of a route
-- without groups.
create table escalations (
    incident_id  text        not null references incidents on delete cascade,
    -- the path of the branch when it fired
    route        text        not null,
    -- the matchers that lead to the branch, wherever it is in the file now
    matchers     text        not null,
    -- from 1; 0: the repeat
    step         int         not null,
    receivers    text[]      not null,
    -- in milliseconds, from the first notification
    after_ms     bigint      not null,
    -- in milliseconds; null: once
    every_ms     bigint,
    state        text        not null default 'waiting' check (state in ('waiting', 'done', 'cancelled')),
    due_at       timestamptz not null,
    -- what postponed it: the ids of holds, or 'acknowledged'
    postponed_by text[]      not null default '{}',
    -- the receivers of a notification that an acknowledgement dropped, which is made up for; null: all
    resumed_for  text[],
    -- how often its receivers were notified, and when last
    notified     int         not null default 0,
    notified_at  timestamptz,
    primary key (incident_id, route, step)
);
create index escalations_due on escalations (due_at) where state = 'waiting';

-- which step of an escalation, or 0 for a repeat, made the delivery, and how often the step had notified before; null and 0 for
-- the delivery of an arriving event
alter table deliveries add column escalation_step int;
alter table deliveries add column repetition int not null default 0;
-- the route of the step
alter table deliveries add column escalation_route text;

-- the step by which the incident escalates to a receiver that is in the group already, until its message; null for none
alter table group_members add column escalation int;
