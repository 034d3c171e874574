-- Each attempt of a delivery whose outcome was recorded; one that was interrupted has none.
create table attempts (
    delivery_id text        not null references deliveries on delete cascade,
    attempt     int         not null,
    started_at  timestamptz not null,
    duration_ms bigint      not null,
    outcome     text        not null check (outcome in ('delivered', 'retry', 'refused', 'rejected')),
    -- of HTTP or SMTP; null when there was no response
    status      int,
    -- the first characters of the response, without secrets
    answer      text,
    primary key (delivery_id, attempt)
);

-- What becomes of notifications, until it is published to growalert.notifications.
create table notification_outbox (
    sequence   bigint      generated always as identity primary key,
    id         text        not null,
    key        text        not null,
    type       text        not null,
    subject    text        not null,
    time       timestamptz not null,
    body       text        not null,
    created_at timestamptz not null default clock_timestamp(),
    relayed_at timestamptz,
    -- why Kafka rejects it
    error      text
);
create index notification_outbox_parked on notification_outbox (sequence) where error is not null;

-- The incidents that a delivery notifies of, with their alerts.
create view delivery_incidents as
select id as delivery_id, incident_id, alert_id from deliveries where incident_id is not null
union all
select d.id, m.incident_id, i.alert_id
from deliveries d
     join group_message_incidents m on m.message_id = d.group_message_id
     join incidents i on i.id = m.incident_id;

-- Lists are read page by page, the latest first.
create index incidents_listed on incidents (fired_at desc, id);
create index deliveries_listed on deliveries (sequence);
create index silences_listed on silences (starts_at desc, id);
