-- Old requests are found by the end of their lease.
create index requests_lease on requests (lease_until);
drop index requests_created;
