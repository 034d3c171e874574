-- superseded: never notified, because a later reminder or the resolution of the same alert and receiver took its place
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check
    check (state in ('pending', 'held', 'muted', 'superseded', 'delivered', 'parked'));

-- since when the receiver has answered every attempt with a refusal that a change on its side may end
alter table deliveries add column refused_since timestamptz;
-- what is settled of a delivery to several addresses: {"accepted": [...], "refused": {address: reason}}
alter table deliveries add column settled jsonb;

-- Parked deliveries are counted and redriven by receiver.
create index deliveries_parked_of on deliveries (receiver, finished_at) where state = 'parked';

-- Parked deliveries of a receiver that are not later are acknowledged; '*' is every receiver.
create table parked_acknowledged (
    receiver text        primary key,
    until    timestamptz not null
);

-- The receivers that each running instance knows; a row that is not renewed is void after live_until.
create table instances (
    id         text        primary key,
    receivers  text[]      not null,
    live_until timestamptz not null
);

-- How far growalert.alerts was processed, written in the transaction that stores the events. A record below next_offset
-- is a repetition, unless its leader epoch is higher: then the topic lost records, and these are others.
create table consumed (
    topic_id     text   not null,
    partition    int    not null,
    next_offset  bigint not null,
    leader_epoch int    not null,
    primary key (topic_id, partition)
);
