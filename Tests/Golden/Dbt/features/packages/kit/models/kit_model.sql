select {{ var('depth') }} as depth, {{ var('width') }} as width, '{{ kit.shade() }}' as shade
