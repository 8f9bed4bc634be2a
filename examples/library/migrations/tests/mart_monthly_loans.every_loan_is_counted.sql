select loan_count, mart_count
from (select count(*) as loan_count from warehouse.fct_loans) as loans
cross join (select sum(loan_count) as mart_count from marts.mart_monthly_loans) as months
where loan_count <> coalesce(mart_count, 0)
