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

-- Receivers of due deliveries that no live instance knows, since when, and when an instance checked last.
create table unknown_receivers (
    receiver   text        primary key,
    since      timestamptz not null,
    checked_at timestamptz not null
);
