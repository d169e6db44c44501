{% macro extra_macro() %}{{ adapter.dispatch('disp')() }}{% endmacro %}{% macro default__disp() %}d{% endmacro %}{% macro duckdb__disp() %}dd{% endmacro %}
