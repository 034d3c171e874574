-- One row for each change that an operator made through the API.
create table audit (
    id       bigint      generated always as identity primary key,
    at       timestamptz not null default clock_timestamp(),
    operator text        not null,
    role     text        not null,
    action   text        not null,
    target   text        not null,
    before   jsonb,
    after    jsonb
);
