{% macro open(x) %}
  {% if x %}
    {{ x }
  {% endif %}
{% endmacro %}
