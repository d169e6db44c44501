{% macro shade() %}{{ return(adapter.dispatch('shade', 'kit')()) }}{% endmacro %}
{% macro default__shade() %}grey{% endmacro %}
{% test positive(model, column_name, strict=true) %}
select * from {{ model }} where {{ column_name }} {{ '<=' if strict else '<' }} 0
{% endtest %}
