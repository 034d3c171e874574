-- What a receiver's answers gave for later notifications of the same incident, such as {"ts": "1503435956.000247"}.
create table captured_values (
    incident_id text  not null references incidents on delete cascade,
    receiver    text  not null,
    captured    jsonb not null,
    primary key (incident_id, receiver)
);

-- The receivers that fail at an instance; see receivers.
alter table instances add column failing text[] not null default '{}';
