-- Alerts that share messages to one receiver: those of one route with the same values of its labels, or of one cause.
create table groups (
    id          text        primary key,
    -- the matchers from the first route on
    route       text        not null,
    receiver    text        not null,
    labels      jsonb       not null,
    -- of the route at the latest arrival, in milliseconds; null: no repetition
    wait_ms     bigint      not null,
    interval_ms bigint      not null,
    repeat_ms   bigint,
    -- when the next message may be due; null: nothing to notify
    next_at     timestamptz,
    -- when the last message was formed
    messaged_at timestamptz,
    created_at  timestamptz not null default clock_timestamp()
);
create index groups_due on groups (next_at) where next_at is not null;
create index groups_messaged on groups (messaged_at) where messaged_at is not null;

-- The incidents of a group that the receiver does not know yet, or of whose end it does not know.
create table group_members (
    incident_id text    not null,
    receiver    text    not null,
    group_id    text    not null references groups,
    alert_id    text    not null,
    -- the latest one
    event_id    text    not null references alert_events,
    resolved    boolean not null default false,
    -- whether a message says that it fires
    notified    boolean not null default false,
    held_by     text[]  not null default '{}',
    primary key (incident_id, receiver)
);
create index group_members_of_group on group_members (group_id);
create index group_members_of_event on group_members (event_id);
create index group_members_held_by on group_members using gin (held_by) where held_by <> '{}';

-- What a receiver is notified of a group; the body is fixed, so that a retry sends the same bytes.
create table group_messages (
    id         text        primary key,
    group_id   text        not null,
    receiver   text        not null,
    body       text        not null,
    created_at timestamptz not null default clock_timestamp()
);
create index group_messages_of_group on group_messages (group_id);

-- The incidents that a message is about: new, still firing or resolved. The message is held while all of them are.
create table group_message_incidents (
    message_id  text   not null references group_messages on delete cascade,
    incident_id text   not null,
    -- the event that the message shows
    event_id    text   not null,
    -- neither new nor resolved: deleted when the message is delivered and the next one is formed
    still_firing boolean not null,
    held_by     text[] not null default '{}',
    primary key (message_id, incident_id)
);
create index group_message_incidents_of_incident on group_message_incidents (incident_id);
create index group_message_incidents_held_by on group_message_incidents using gin (held_by) where held_by <> '{}';

-- A delivery is one of an event, or one of a group's message. Its alert_id is its order key: of a message, the group's id.
alter table deliveries add column group_message_id text references group_messages;
alter table deliveries alter column event_id drop not null;
alter table deliveries alter column incident_id drop not null;
alter table deliveries alter column monitor_id drop not null;
alter table deliveries add constraint deliveries_content_check
    check (case when group_message_id is null then num_nulls(event_id, incident_id, monitor_id) = 0
                else num_nonnulls(event_id, incident_id, monitor_id) = 0 end);
create index deliveries_of_group_message on deliveries (group_message_id) where group_message_id is not null;
create index deliveries_of_unsent_message on deliveries (sequence) where group_message_id is not null and state in ('pending', 'held');
create index deliveries_of_finished_message on deliveries (finished_at) where group_message_id is not null;
