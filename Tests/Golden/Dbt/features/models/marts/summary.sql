{% set parts = dbt_undefined_macro('x') %}
select count(*) as n from {{ ref('orders', v=1) }}, {{ ref('orders') }}, {{ ref('stg_items') }}
{% if execute %} , {{ ref('never') }} {% endif %}
