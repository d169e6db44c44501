select * from {{ ref('pymod') }}
