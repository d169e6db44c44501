{% macro told(a, b) %}{% if a: %}{{ a }}{% elif b : %}{{ b }}{% else: %}0{% endif %}{% endmacro %}
{% macro untold(c, d: string) %}{% endmacro %}
{% test unique_pair(model, first, second) %}select 1 from {{ model }} group by {{ first }}, {{ second }} having count(*) > 1{% endtest %}
{% test mild(model, column_name) %}{{ config(severity='warn', limit=5) }}select 1 from {{ model }} where {{ column_name }} is null{% endtest %}
