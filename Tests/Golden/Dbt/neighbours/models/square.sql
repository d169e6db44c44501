select {{ told(1, 2) }} as id, 2 as side, 4 as area from {{ source('post', 'letters') }} join {{ source('post', 'parcels') }} using (id)
where id in (select id from {{ source('post', 'letters') }})
