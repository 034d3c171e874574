-- Silences hold the deliveries of the events that they match. They replace mutes: a mute is a silence of one monitor.
create table silences (
    id              text        primary key,
    matchers        text[]      not null,
    starts_at       timestamptz not null,
    -- null: until its cause ends
    ends_at         timestamptz,
    comment         text        not null,
    created_by      text        not null,
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp(),
    ended_at        timestamptz,
    -- 'monitor': the mute of a monitor
    origin          text        not null check (origin in ('api', 'monitor', 'window', 'inhibition')),
    -- whether the deliveries that were queued at its start are held
    active          boolean     not null default false,
    -- of an inhibition: the incident that causes it, its alert, which is not held, and matchers of other events that are not held
    incident_id     text,
    except_alert    text,
    except_matchers text[]      not null default '{}'
);
create index silences_current on silences (starts_at) where ended_at is null;
create index silences_ended on silences (ended_at) where ended_at is not null;

-- the ids of the holds on a delivery, such as silences; of a finished one, the last that it had
alter table deliveries add column held_by text[] not null default '{}';
-- a firing that was on hold when it arrived, and ever since: its receiver was not notified of it
alter table deliveries add column started_inside boolean not null default false;
create index deliveries_held_by on deliveries using gin (held_by) where state in ('pending', 'held') and held_by <> '{}';
create index deliveries_held_in_flight on deliveries (due_at) where state = 'pending' and held_by <> '{}';

insert into silences (id, matchers, starts_at, ends_at, comment, created_by, created_at, updated_at, origin, active)
select 'monitor-' || monitor_id, array['monitor=' || monitor_id], created_at, until, comment, 'operator', created_at, created_at,
       'monitor', true
from mutes;

update deliveries d
set held_by = array['monitor-' || d.monitor_id],
    started_inside = d.state = 'held' and d.attempts = 0 and d.created_at >= m.created_at
                     and exists (select from alert_events e where e.id = d.event_id and e.type = 'firing')
from mutes m
where m.monitor_id = d.monitor_id and d.state in ('pending', 'held');

-- its mute ended while no instance ran
update deliveries
set state = 'pending', live_from = clock_timestamp(), due_at = clock_timestamp(), refused_since = null
where state = 'held' and held_by = '{}';

drop table mutes;
