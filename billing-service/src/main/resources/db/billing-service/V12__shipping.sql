-- Where the devices of an order are shipped to: personal data, deleted with the customer. Stored before the payment is created, and
-- so before Stripe's event creates the order's row.
create table shipping_addresses (
    order_id    text        primary key,
    customer    text        not null,
    name        text        not null,
    line1       text        not null,
    line2       text,
    city        text        not null,
    postal_code text,                     -- null in a country without postal codes
    state       text,
    country     text        not null,     -- ISO 3166-1 alpha-2
    phone       text,
    changed_at  timestamptz not null default clock_timestamp()
);
create index shipping_addresses_of_customer on shipping_addresses (customer);
create index shipping_addresses_changed on shipping_addresses (changed_at);

-- Which orders were shipped.
create table shipments (
    order_id   text        primary key,
    tracking   text,
    shipped_at timestamptz default clock_timestamp()    -- null: paid before this table was, shipped or not
);

insert into shipments (order_id, shipped_at) select id, null from device_orders where status = 'paid';

-- Orders with their fulfilment. Its state is derived.
create view orders as
select o.id, o.customer, o.payment, o.status, o.quantity, o.currency, o.unit_amount, o.amount, o.refunded_amount, o.disputed,
       o.created_at,
       case when o.status = 'canceled' then 'canceled'
            when o.status <> 'paid' then 'none'
            when o.refunded_amount >= o.amount then 'refunded'
            when s.shipped_at is not null then 'shipped'
            when s.order_id is not null then 'unknown'
            when a.order_id is null then 'address_missing'
            else 'open' end as shipping_state,
       s.tracking, s.shipped_at,
       a.name, a.line1, a.line2, a.city, a.postal_code, a.state, a.country, a.phone
from device_orders o
     left join shipments s on s.order_id = o.id
     left join shipping_addresses a on a.order_id = o.id;
