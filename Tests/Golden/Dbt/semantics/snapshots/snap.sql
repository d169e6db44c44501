{% snapshot snap_sql %}
{{ config(unique_key='id', strategy='timestamp', updated_at='ts') }}
select * from {{ source('raw', 'events') }}
{% endsnapshot %}
{% snapshot snap_two %}
{{ config(unique_key=['id','x'], strategy='check', check_cols=['a']) }}
select 1 as id
{% endsnapshot %}
