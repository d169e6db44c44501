{% macro priced(hours) %}{{ hours }} * 60{% endmacro %}
