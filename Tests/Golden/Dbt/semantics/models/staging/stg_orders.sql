select id, amount, ts from {{ ref('raw_orders') }} where amount > {{ var('least') }}
