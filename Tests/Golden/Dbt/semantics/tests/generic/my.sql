{% test my_test(model, column_name, factor=1) %}
  {{ config(severity='error', tags=['gen']) }}
  select * from {{ model }} where {{ column_name }} * {{ factor }} < 0 and {{ helper() }}
{% endtest %}
