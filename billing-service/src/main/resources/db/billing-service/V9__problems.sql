-- What the system monitors of billing query every 30 s.
create index subscriptions_unpaid on subscriptions (id) where status in ('past_due', 'unpaid');
create index disputes_open on disputes (created_at, id) where status not in ('won', 'lost', 'warning_closed');
