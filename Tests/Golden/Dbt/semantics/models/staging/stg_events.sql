{{ config(materialized='incremental', unique_key='id', incremental_strategy='delete+insert', on_schema_change=var('osc','fail'), meta={'b': 2}, pre_hook="{{ log_start() }}") }}
select * from {{ source('raw', 'events') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
