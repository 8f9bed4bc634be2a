-- How much is lent in each month, and how much of it comes back late.
-- Grain: one row per month in which something was lent.
-- Key: month_start.

select
    date_trunc('month', lent_on)::date as month_start,
    count(*) as loan_count,
    count(returned_on) as returned_count,
    count(*) filter (where is_late) as late_count,
    round(avg(days_lent), 1) as avg_days_lent
from warehouse.fct_loans
group by date_trunc('month', lent_on)::date
