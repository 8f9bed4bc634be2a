-- The current state of each order and when it reached each status.
-- Grain: one row per order.
-- Key: order_id.

with versions as (
    select
        order_id,
        customer_id,
        status,
        created_at,
        modified_at,
        has_modified_at,
        has_untimed_milestone
    from prep.stg_order
),

final as (
    select distinct on (order_id)
        order_id,
        customer_id,
        status,
        created_at as placed_at,
        min(modified_at) filter (where status = 'PAID' and has_modified_at) over all_versions as paid_at,
        min(modified_at) filter (where status = 'SHIPPED' and has_modified_at) over all_versions as shipped_at,
        bool_or(has_untimed_milestone) over all_versions as has_untimed_milestone
    from versions
    window all_versions as (partition by order_id)
    order by order_id, modified_at desc
)

select * from final
