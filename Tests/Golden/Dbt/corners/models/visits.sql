{{ config(pre_hook="select 1", post_hook=["select '{{ this }}'"]) }}
select id, day, fee from {{ ref('fees') }} join {{ source('desk', 'entries') }} using (id)
