{% snapshot items_history %}
{{ config(target_schema='history', strategy='timestamp', unique_key='id', updated_at='day') }}
select * from {{ ref('stg_items') }}
{% endsnapshot %}
