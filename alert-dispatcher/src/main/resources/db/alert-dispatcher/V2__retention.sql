-- What is over is looked for from the oldest on.
create index incidents_closed on incidents (resolved_at) where resolved_at is not null;
