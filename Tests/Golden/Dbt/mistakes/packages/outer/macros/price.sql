{% macro price(x) %}
{{ inner.rounded(x) }}
{% endmacro %}
