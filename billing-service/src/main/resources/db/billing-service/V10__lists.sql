-- Customers and orders are listed page by page, the latest first, and found by what their texts begin with.
create index customers_listed on customers (coalesce(created_at, 'epoch'::timestamptz), id);
create index customers_by_id on customers (id text_pattern_ops);
create index customers_by_email on customers (lower(email) text_pattern_ops);
create index customers_by_name on customers (lower(name) text_pattern_ops);
create index device_orders_listed on device_orders (created_at, id);
create index device_orders_of_status on device_orders (status, created_at, id);
create index device_orders_by_id on device_orders (id text_pattern_ops);
