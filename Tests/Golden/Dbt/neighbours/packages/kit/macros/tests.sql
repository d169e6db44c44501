{% test unique_combination_of_columns(model, combination_of_columns) %}select 1 from {{ model }} where 1 = 0{% endtest %}
