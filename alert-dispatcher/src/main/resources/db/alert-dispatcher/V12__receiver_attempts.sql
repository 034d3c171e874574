-- The last success and failure of each receiver.
alter table attempts
    add column receiver text, -- null: stored by an instance of the previous version
    add column reason   text; -- why it failed; null when it did not, or stored by the previous version

update attempts a set receiver = d.receiver from deliveries d where d.id = a.delivery_id;

create index attempts_delivered on attempts (receiver, started_at) where outcome = 'delivered';
create index attempts_failed on attempts (receiver, started_at) where outcome <> 'delivered';
