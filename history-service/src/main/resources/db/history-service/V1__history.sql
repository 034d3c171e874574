-- Up to which record each partition is stored. It advances in the transaction of the data.
create table offsets (
    topic       text        not null,
    partition   int         not null,
    topic_id    text        not null,
    next_offset bigint      not null,
    stored      bigint      not null default 0,
    -- the broker's time of the last stored record, and until when everything that was on the topic is stored
    appended_at timestamptz,
    complete_at timestamptz,
    primary key (topic, partition)
) with (fillfactor = 50);

-- Statuses are numbers: 0 PASSED, 1 DEGRADED, 2 FAILED, 3 NO_DATA, 4 ERROR, 5 MISSED.
create function status_name(code int) returns text language sql immutable parallel safe
    return (array['PASSED', 'DEGRADED', 'FAILED', 'NO_DATA', 'ERROR', 'MISSED'])[code + 1];

create table monitors (
    id            int generated always as identity primary key,
    monitor       text        not null unique,
    labels        jsonb       not null default '{}',
    -- null: it is not defined, or not any longer
    definition    jsonb,
    silence       interval    not null default '1 minute',
    defined_at    timestamptz,
    removed_at    timestamptz,
    last_slot     timestamptz,
    last_value    float8,
    status        smallint,
    since         timestamptz,
    error         text
) with (fillfactor = 50);

-- The thresholds of a monitor while they were valid.
create table thresholds (
    monitor    int         not null references monitors,
    valid_from timestamptz not null,
    valid_to   timestamptz,
    fail       jsonb,
    degraded   jsonb,
    resolve    jsonb,
    primary key (monitor, valid_from)
);

-- The hash is the id of the series' alert.
create table series (
    id      int generated always as identity primary key,
    monitor int   not null references monitors,
    labels  jsonb not null,
    hash    text  not null unique
);
create index series_monitor on series (monitor);

-- Recent runs, a row for each record, until they are compacted into chunks. It stays small.
create table runs (
    id       bigint generated always as identity primary key,
    monitor  int         not null,
    slot     timestamptz not null,
    series   int[]       not null,
    readings float8[]    not null,
    -- null: all passed
    statuses smallint[]
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
create index runs_monitor_slot on runs (monitor, slot);

-- Up to 60 values of a series, of one day (UTC), which is the partition.
create table chunks (
    series   int         not null,
    start    timestamptz not null,
    until    timestamptz not null,
    -- in microseconds from the start: equal steps, or each slot
    step     bigint      not null,
    slots    bigint[],
    -- real where the shortest decimal text of each real is the value, else exact
    reals    real[],
    doubles  float8[],
    -- of all values, or else of each
    status   smallint    not null,
    statuses smallint[],
    primary key (series, start)
) partition by range (start);

-- Six hours of a series in steps of five minutes; buckets without a value are left out.
create table rollups (
    series     int         not null,
    period     timestamptz not null,
    buckets    smallint[]  not null,
    low_reals  real[],
    low        float8[],
    high_reals real[],
    high       float8[],
    sums       float8[]    not null,
    counts     int[]       not null,
    status     smallint    not null,
    statuses   smallint[],
    primary key (series, period)
) partition by range (period);

-- Periods of which chunks changed.
create table rollup_queue (
    period timestamptz not null,
    series int         not null,
    primary key (period, series)
);

-- A row for each change of status; series 0 is the monitor itself.
create table status_spans (
    monitor int         not null,
    series  int         not null,
    since   timestamptz not null,
    until   timestamptz,
    status  smallint    not null,
    primary key (monitor, series, since)
) with (fillfactor = 80);
create unique index status_spans_open on status_spans (monitor, series) where until is null;
create index status_spans_ended on status_spans (until) where until is not null;

create table alert_incidents (
    incident    text        primary key,
    alert       text        not null,
    monitor     text        not null,
    series      jsonb       not null,
    labels      jsonb       not null,
    status      text        not null,
    reason      text        not null,
    summary     text        not null,
    fired_at    timestamptz not null,
    resolved_at timestamptz
);
create index alert_incidents_monitor on alert_incidents (monitor, fired_at);
create index alert_incidents_open on alert_incidents (monitor) where resolved_at is null;
create index alert_incidents_resolved on alert_incidents (resolved_at) where resolved_at is not null;

create table transitions (
    event    text        primary key,
    incident text        not null,
    type     text        not null,
    slot     timestamptz not null,
    status   text        not null,
    value    float8,
    reason   text        not null
);
create index transitions_incident on transitions (incident);

create table notifications (
    event    text        primary key,
    incident text,
    silence  text,
    type     text        not null,
    time     timestamptz not null,
    delivery text,
    receiver text,
    attempts int,
    operator text,
    step     int
);
create index notifications_incident on notifications (incident);
create index notifications_time on notifications (time);

-- The public views; see docs/history.md.
create view "values" as
select m.monitor, s.labels as series, r.slot, v.value, status_name(coalesce(v.status, 0)) as status
from runs r
join monitors m on m.id = r.monitor
cross join lateral unnest(r.series, r.readings, r.statuses) as v (series, value, status)
join series s on s.id = v.series
union all
select m.monitor, s.labels,
       c.start + coalesce(c.slots[v.n], c.step * (v.n - 1)) * interval '1 microsecond',
       coalesce(v.exact, v.short::text::float8),
       status_name(coalesce(v.status, c.status))
from chunks c
join series s on s.id = c.series
join monitors m on m.id = s.monitor
cross join lateral unnest(c.reals, c.doubles, c.statuses) with ordinality as v (short, exact, status, n);

-- The same of one monitor in a period: reads the days of the period only.
create function values_between(monitor_id text, from_slot timestamptz, to_slot timestamptz)
    returns table (series jsonb, slot timestamptz, value float8, status text) language sql stable parallel safe
begin atomic
    select s.labels, r.slot, v.value, status_name(coalesce(v.status, 0))
    from monitors m
    join runs r on r.monitor = m.id and r.slot >= from_slot and r.slot < to_slot
    cross join lateral unnest(r.series, r.readings, r.statuses) as v (series, value, status)
    join series s on s.id = v.series
    where m.monitor = monitor_id
    union all
    select s.labels, at.slot, coalesce(v.exact, v.short::text::float8), status_name(coalesce(v.status, c.status))
    from monitors m
    join series s on s.monitor = m.id
    join chunks c on c.series = s.id and c.start >= from_slot - interval '1 day' and c.start < to_slot and c.until >= from_slot
    cross join lateral unnest(c.reals, c.doubles, c.statuses) with ordinality as v (short, exact, status, n)
    cross join lateral (select c.start + coalesce(c.slots[v.n], c.step * (v.n - 1)) * interval '1 microsecond' as slot) at
    where m.monitor = monitor_id and at.slot >= from_slot and at.slot < to_slot;
end;

create view spans as
select m.monitor, s.labels as series, status_name(p.status) as status, p.since, p.until
from status_spans p
join monitors m on m.id = p.monitor
left join series s on s.id = p.series;

create view incidents as
select incident, monitor, series, labels, status, reason, summary, fired_at, resolved_at
from alert_incidents;

-- The table of db-scheduler: one row for each scheduled task, which one instance at a time picks and runs.
create table scheduled_tasks (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_alive on scheduled_tasks (last_heartbeat);
