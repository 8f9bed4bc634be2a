-- Customers with their history (SCD type 2). Customers who are mentioned but were never extracted are inferred members,
-- with the key their first version will have.
-- Grain: one row per version of a customer, and one for the unknown customer.
-- Key: customer_key.
-- Entity: customer_id.

with customers as (
    select
        customer_id,
        name,
        email,
        phone_number,
        modified_at
    from prep.stg_customer
),

orders as (
    select customer_id
    from prep.int_orders
    where customer_id is not null
),

session_events as (
    select customer_id
    from prep.int_session_events
),

mentioned as (
    select customer_id from orders
    union
    select customer_id from session_events
),

-- Whoever is mentioned gets a stand-in; it counts only where no version was ever extracted.
candidates as (
    select
        customer_id,
        name,
        email,
        phone_number,
        false as is_inferred,
        modified_at
    from customers
    union all
    select
        customer_id,
        'Not yet extracted' as name,
        null as email,
        null as phone_number,
        true as is_inferred,
        timestamp '1900-01-01' as modified_at
    from mentioned
),

judged as (
    select
        customer_id,
        name,
        email,
        phone_number,
        is_inferred,
        modified_at,
        bool_and(is_inferred) over (partition by customer_id) as is_never_extracted
    from candidates
),

compared as (
    select
        customer_id,
        name,
        email,
        phone_number,
        is_inferred,
        modified_at,
        row_number() over versions as version_number,
        row(name, email, phone_number) is distinct from lag(row(name, email, phone_number)) over versions as is_change
    from judged
    where is_inferred = is_never_extracted
    window versions as (partition by customer_id order by modified_at)
),

dated as (
    select
        customer_id,
        name,
        email,
        phone_number,
        is_inferred,
        case when version_number = 1 then timestamp '1900-01-01' else modified_at end as valid_from,
        lead(modified_at) over (partition by customer_id order by modified_at) as next_modified_at
    from compared
    where version_number = 1 or is_change
),

final as (
    select
        prep.surrogate_key(customer_id::text || '|' || extract(epoch from valid_from)::text) as customer_key,
        customer_id,
        name,
        email,
        phone_number,
        is_inferred,
        valid_from,
        coalesce(next_modified_at, timestamp '9999-12-31') as valid_to,
        next_modified_at is null as is_current
    from dated
    union all
    select
        -1 as customer_key,
        null as customer_id,
        'Unknown customer' as name,
        null as email,
        null as phone_number,
        false as is_inferred,
        timestamp '1900-01-01' as valid_from,
        timestamp '9999-12-31' as valid_to,
        true as is_current
)

select * from final
