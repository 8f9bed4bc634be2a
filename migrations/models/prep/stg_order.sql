-- Orders as extracted: every version, typed and without repeats.
-- Grain: one row per version of an order (order_id, modified_at).

with landed as (
    select
        id as order_id,
        customer as customer_id,
        status::text as status,
        customer_address as customer_address_id,
        prep.usable_timestamp(created_at) as created_at,
        prep.usable_timestamp(modified_at) as modified_at
    from {source_schema}.orders
    where id is not null
),

timed as (
    select
        order_id,
        customer_id,
        status,
        customer_address_id,
        created_at,
        coalesce(modified_at, created_at, timestamp '1900-01-01') as modified_at,
        modified_at is not null as has_modified_at
    from landed
),

-- Of all rows that claim to be the same version: the one that does not count below can be the one without a time.
marked as (
    select
        order_id,
        customer_id,
        status,
        customer_address_id,
        created_at,
        modified_at,
        has_modified_at,
        coalesce(bool_or(status in ('PAID', 'SHIPPED') and not has_modified_at) over version, false) as has_untimed_milestone
    from timed
    window version as (partition by order_id, modified_at)
)

-- Of rows that claim to be the same version, the one last in the order of their values counts, wherever it stands in the table.
-- The view ends here, with its order in sight: whoever picks the current version from it needs no sort of their own.
select distinct on (order_id, modified_at)
    order_id,
    customer_id,
    status,
    customer_address_id,
    created_at,
    modified_at,
    has_modified_at,
    has_untimed_milestone
from marked
order by
    order_id,
    modified_at desc,
    customer_id desc,
    status collate "C" desc,
    customer_address_id desc,
    created_at desc,
    has_modified_at desc
