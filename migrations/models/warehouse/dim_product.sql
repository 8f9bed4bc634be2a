-- Products with the history of their price, discount and description (SCD type 2). The stock is not tracked: it changes
-- with every sale. Products that were ordered but never extracted are inferred members.
-- Grain: one row per version of a product, and one for the unknown product.
-- Key: product_key.
-- Entity: product_id.

with products as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        modified_at
    from prep.stg_product
),

mentioned as (
    select distinct product_id
    from prep.int_order_items
    where product_id is not null
),

-- Whatever is mentioned gets a stand-in; it counts only where no version was ever extracted.
candidates as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        false as is_inferred,
        modified_at
    from products
    union all
    select
        product_id,
        'Not yet extracted' as name,
        null as description,
        null as ean,
        null as price,
        null as discount_percent,
        null as brand_id,
        null as is_published,
        true as is_inferred,
        timestamp '1900-01-01' as modified_at
    from mentioned
),

judged as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        is_inferred,
        modified_at,
        bool_and(is_inferred) over (partition by product_id) as is_never_extracted
    from candidates
),

-- The stock is not among the attributes: it changes with every sale and would make a version of each.
compared as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        is_inferred,
        modified_at,
        row_number() over versions as version_number,
        row(name, description, ean, price, discount_percent, brand_id, is_published)
            is distinct from lag(row(name, description, ean, price, discount_percent, brand_id, is_published)) over versions as is_change
    from judged
    where is_inferred = is_never_extracted
    window versions as (partition by product_id order by modified_at)
),

dated as (
    select
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        is_inferred,
        case when version_number = 1 then timestamp '1900-01-01' else modified_at end as valid_from,
        lead(modified_at) over (partition by product_id order by modified_at) as next_modified_at
    from compared
    where version_number = 1 or is_change
),

final as (
    select
        prep.surrogate_key(product_id::text || '|' || extract(epoch from valid_from)::text) as product_key,
        product_id,
        name,
        description,
        ean,
        price,
        discount_percent,
        brand_id,
        is_published,
        is_inferred,
        valid_from,
        coalesce(next_modified_at, timestamp '9999-12-31') as valid_to,
        next_modified_at is null as is_current
    from dated
    union all
    select
        -1 as product_key,
        null as product_id,
        'Unknown product' as name,
        null as description,
        null as ean,
        null as price,
        null as discount_percent,
        null as brand_id,
        null as is_published,
        false as is_inferred,
        timestamp '1900-01-01' as valid_from,
        timestamp '9999-12-31' as valid_to,
        true as is_current
)

select * from final
