{% macro log_done() %}{{ log('done') }}{% endmacro %}
{% macro columns_of(name) %}{{ return(['a', 'b']) }}{% endmacro %}
{% test refers(model, other) %}
select * from {{ model }} where 1 = (select count(*) from {{ ref('stg_items') }}) or exists (select 1 from {{ other }})
{% endtest %}
