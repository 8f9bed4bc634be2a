-- Loans of titles to members.
-- Grain: one row per loan.
-- Key: member_id, title_id, lent_on.

select
    member_id,
    title_id,
    lent_on,
    due_on,
    returned_on,
    days_lent,
    is_late
from prep.stg_loan
