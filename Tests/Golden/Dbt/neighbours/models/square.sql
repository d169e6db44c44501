select {{ told(1, 2) }} as id from {{ source('post', 'letters') }} join {{ source('post', 'parcels') }} using (id)
where id in (select id from {{ source('post', 'letters') }})
