-- Grain: one row per order.
with versions as (
    select
        order_id,
        customer_id,
        status,
        created_at,
        modified_at
    from prep.stg_order
),

final as (
    select distinct on (order_id)
        order_id,
        customer_id,
        status,
        created_at as placed_at,
        min(modified_at) filter (where status = 'PAID') over all_versions as paid_at,
        min(modified_at) filter (where status = 'SHIPPED') over all_versions as shipped_at
    from versions
    window all_versions as (partition by order_id)
    order by order_id, modified_at desc
)

select * from final
