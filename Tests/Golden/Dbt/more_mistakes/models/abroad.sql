select * from {{ ref('other', 'inner_model') }}
