-- Every writer of records writes objects first: this waits for them, and none begins until the end.
lock table objects in share row exclusive mode;

-- What each customer's subscriptions allow, as it was last published on growalert.entitlements.
create table entitlements (
    customer text        primary key,
    version  bigint      not null,
    as_of    timestamptz not null,
    status   text        not null,
    entitled boolean     not null,
    until    timestamptz
);
-- Whose monitors are paused soon.
create index entitlements_ended on entitlements (until) where not entitled;

-- Of the customers of earlier versions, as EntitlementDecision decides.
insert into entitlements (customer, version, as_of, status, entitled, until)
with terms as (
    select s.customer, s.status, coalesce(o.as_of, s.created_at) as as_of, s.created_at,
           s.status not in ('incomplete', 'incomplete_expired', 'canceled', 'unpaid', 'paused') as entitled,
           s.status in ('incomplete', 'incomplete_expired') as never_paid,
           coalesce(s.cancel_at, (select max(i.period_end) from subscription_items i where i.subscription = s.id)) as ends,
           case s.status
               when 'incomplete' then s.created_at
               when 'incomplete_expired' then s.created_at
               when 'canceled' then coalesce(s.ended_at, o.as_of, s.created_at)
               when 'paused' then coalesce(s.trial_end, o.as_of, s.created_at)
               else coalesce(o.as_of, s.created_at)
           end as lost_at
    from subscriptions s left join objects o on o.id = s.id
), deciding as (
    select distinct on (customer) customer, status, entitled, case when entitled then ends else lost_at end as until
    from terms
    order by customer, entitled desc, never_paid,
             case when entitled then coalesce(ends, 'infinity') when not never_paid then lost_at end desc,
             case when never_paid then created_at end, created_at desc
), latest as (
    select customer, max(as_of) as as_of from terms group by customer
), deleted as (
    select c.id as customer, o.as_of from customers c join objects o on o.id = c.id where c.deleted
)
select coalesce(d.customer, g.customer), 1,
       greatest(g.as_of, l.as_of),
       case when g.customer is null then d.status else 'deleted' end,
       g.customer is null and d.entitled,
       case when g.customer is null then d.until when d.entitled or d.until is null then g.as_of
            else least(d.until, g.as_of) end
from deciding d full join deleted g on g.customer = d.customer left join latest l on l.customer = d.customer;

insert into outbox (id, key, type, subject, time, body)
select (select string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', substring(h.bits from 5 * n + 1 for 5)::integer + 1, 1),
                          '' order by n)
        from generate_series(0, 25) as n),
       e.customer, 'entitlement.changed', e.customer, e.as_of,
       json_strip_nulls(json_build_object(
           'customer', e.customer, 'version', e.version,
           'asOf', to_char(e.as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'status', e.status, 'entitled', e.entitled,
           'until', to_char(e.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))::text
from entitlements e
     -- the first 128 bits of SHA-256 over the fields, each preceded by its length
     cross join lateral (select ('x' || encode(substring(sha256(
         int4send(11) || 'entitlement'::bytea
         || int4send(octet_length(e.customer)) || convert_to(e.customer, 'UTF8')
         || int4send(octet_length(e.version::text)) || convert_to(e.version::text, 'UTF8')) from 1 for 16), 'hex'))::bit(128)
         || B'00' as bits) as h
order by e.customer;
