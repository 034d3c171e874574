-- Whoever writes records writes objects first: this waits for them, and none begins until the end.
lock table objects in share row exclusive mode;

-- What became of a paid order is known of its charge: the latest that succeeded, of the payment or itself the payment.
alter table device_orders
    add column refunded_amount bigint  not null default 0 check (refunded_amount >= 0),
    add column disputed        boolean not null default false; -- there is a dispute that is neither won nor a closed inquiry

create temporary table settled_orders on commit drop as
select o.id, c.amount_refunded,
       case when exists (select from disputes d where d.charge = c.id)
            then exists (select from disputes d where d.charge = c.id and d.status not in ('won', 'warning_closed'))
            else c.disputed end as disputed,
       greatest((select max(r.as_of) from objects r
                 where r.id in (select a.id from charges a where a.payment = o.payment or a.id = o.payment)),
                (select max(r.as_of) from objects r
                 where r.id in (select d.id from disputes d where d.charge = c.id))) as as_of
from device_orders o
     cross join lateral (select * from charges a
                         where (a.payment = o.payment or a.id = o.payment) and a.status = 'succeeded'
                         order by a.created_at desc, a.id desc limit 1) as c;

delete from settled_orders where amount_refunded = 0 and not disputed;

update device_orders o set refunded_amount = s.amount_refunded, disputed = s.disputed
from settled_orders s where s.id = o.id;

-- Consumers are notified of each of them by its next version, with the id that the service gives it.
update objects o set version = o.version + 1, changed_at = clock_timestamp()
from settled_orders s where s.id = o.id;

insert into outbox (id, key, type, subject, time, body)
select e.id, coalesce(e.customer, e.subject), e.type, e.subject, e.as_of,
       json_strip_nulls(json_build_object(
           'id', e.id, 'type', e.type, 'customer', e.customer, 'version', e.version,
           'asOf', to_char(e.as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'record', json_build_object(
               'kind', 'device_order', 'id', e.subject, 'customer', e.customer, 'payment', e.payment, 'status', e.status,
               'quantity', e.quantity, 'currency', e.currency, 'unitAmount', e.unit_amount, 'amount', e.amount,
               'refundedAmount', e.refunded_amount, 'disputed', e.disputed,
               'createdAt', to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))::text
from (select o.id as subject, o.customer, o.payment, o.status, o.quantity, o.currency, o.unit_amount, o.amount,
             o.refunded_amount, o.disputed, o.created_at, r.version, greatest(r.as_of, s.as_of) as as_of,
             'device_order.' || case when o.status in ('paid', 'canceled') then 'ended' else 'changed' end as type,
             (select string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', substring(h.bits from 5 * n + 1 for 5)::integer + 1, 1),
                                '' order by n)
              from generate_series(0, 25) as n) as id
      from settled_orders s
           join device_orders o on o.id = s.id
           join objects r on r.id = s.id
           -- the first 128 bits of SHA-256 over the fields, each preceded by its length
           cross join lateral (select ('x' || encode(substring(sha256(
               int4send(7) || 'billing'::bytea
               || int4send(octet_length(o.id)) || convert_to(o.id, 'UTF8')
               || int4send(octet_length(r.version::text)) || convert_to(r.version::text, 'UTF8')) from 1 for 16), 'hex'))::bit(128)
               || B'00' as bits) as h
      order by o.customer, o.id) as e;

-- Objects of other software that uses the same Stripe account: those that others belong to, so that each is read from Stripe
-- once and not for every event. Only ids; forgotten after 30 days, and then looked at again.
create table foreign_objects (
    id       text        primary key,
    customer text,
    seen_at  timestamptz not null default clock_timestamp()
);
create index foreign_objects_of_customer on foreign_objects (customer) where customer is not null;
create index foreign_objects_seen on foreign_objects (seen_at);
-- Their events are ignored with this error, and received again should the customer become ours.
create index stripe_events_foreign on stripe_events (customer) where state = 'ignored' and error = 'foreign';
