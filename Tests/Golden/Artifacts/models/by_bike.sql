{{ config(materialized='incremental', unique_key='bike') }}
select bike, sum({{ priced('hours') }}) as paid from {{ ref('jobs', v=2) }} group by bike
