-- The alert events of the instance's partitions before this are stored; null: published by an instance of the previous version.
alter table instances add column stored_until timestamptz;
