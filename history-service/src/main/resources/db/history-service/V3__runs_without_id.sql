-- The id was unused. Without a primary key, logical replication needs a replica identity for deletes.
alter table runs drop column id, replica identity full;

comment on column monitors.last_slot is 'Up to 10 s old, as newest_slot and last_value; runs has what is newer.';
