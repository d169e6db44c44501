{% macro rounded(x) %}
  {{ exceptions.raise_compiler_error("no such rounding: " ~ x) }}
{% endmacro %}
