-- No row of a run is read by a number.
alter table runs drop column id;
