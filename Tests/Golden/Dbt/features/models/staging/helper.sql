{{ config(materialized='ephemeral') }} select {% for c in columns_of('x') %}1 as {{ c }}{% if not loop.last %}, {% endif %}{% endfor %}
