{{ config(severity='warn', tags=['sing']) }}
select * from {{ ref('stg_orders') }} where {{ helper() }} and {{ dbt.type_int() }} is null
