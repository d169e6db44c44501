{% macro with_tax(fee, rate=0.2) %}{{ fee }} * (1 + {{ rate }}){% endmacro %}
