-- last_slot is not ahead of the broker's clock; by newest_slot values that may be stored already are known.
alter table monitors add column newest_slot timestamptz;
update monitors set newest_slot = last_slot, last_slot = least(last_slot, now());
