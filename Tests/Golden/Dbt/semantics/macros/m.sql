{% macro log_start() %}{{ log('x') }}{% endmacro %}
{% macro helper() %}1 = 1{% endmacro %}
{% macro caller_one(a, b='x') %}{{ helper() }} {{ return(adapter.dispatch('disp', 'extra')()) }} {{ extra.extra_macro() }} {{ dbt.type_string() }} {{ var('least') }}{% endmacro %}
{% macro nested() %}{% if execute %}{{ caller_one(1) }}{% else %}{{ log_start() }}{% endif %}{% call helper() %}{% endcall %}{% endmacro %}
