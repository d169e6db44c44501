select date_day, fiscal_year from (select date '2024-01-01' as date_day, 2024 as fiscal_year)
