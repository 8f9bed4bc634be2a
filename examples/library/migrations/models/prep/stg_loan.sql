-- Loans, with how long they took.
-- Grain: one row per loan.

select
    member_id,
    title_id,
    lent_on,
    due_on,
    returned_on,
    returned_on - lent_on as days_lent,
    returned_on > due_on as is_late
from {source_schema}.loan
