

{%- macro __inner(word) -%}
  {{ word }}
{%- endmacro -%}


{%- macro outer(word, times: int = 1) %}{{ kit.__inner(word) }}{% endmacro %}
{%- macro plain() %}1{% endmacro -%}
