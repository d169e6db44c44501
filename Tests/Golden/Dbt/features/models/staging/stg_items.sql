{{ config(tags=['in_file'], meta={'level': 2}) }}
select * from {{ ref('raw_items') }}
