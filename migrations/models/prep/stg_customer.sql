-- Customers as extracted: every version, typed and without repeats.
-- Grain: one row per version of a customer (customer_id, modified_at).

with landed as (
    select
        id as customer_id,
        name::text as name,
        email::text as email,
        phone_number::text as phone_number,
        prep.usable_timestamp(created_at) as created_at,
        prep.usable_timestamp(modified_at) as modified_at
    from {source_schema}.customer
    where id is not null
),

timed as (
    select
        customer_id,
        name,
        email,
        phone_number,
        created_at,
        coalesce(modified_at, created_at, timestamp '1900-01-01') as modified_at
    from landed
)

-- Of rows that claim to be the same version, the one last in the order of their values counts, wherever it stands in the table.
-- The view ends here, with its order in sight: whoever picks the current version from it needs no sort of their own.
select distinct on (customer_id, modified_at)
    customer_id,
    name,
    email,
    phone_number,
    created_at,
    modified_at
from timed
order by
    customer_id,
    modified_at desc,
    name collate "C" desc,
    email collate "C" desc,
    phone_number collate "C" desc,
    created_at desc
