{{ config(alias='orders_current', pre_hook='select 1') }}
select * from {{ ref('stg_orders') }} join {{ ref('kit', 'kit_model') }} on true
