{# The four generic tests, and how tests are run. #}

{% test unique(model, column_name) %}{% set sql = adapter.dispatch('test_unique', 'dbt')(model, column_name) %}{{ sql }}{% endtest %}
{% test not_null(model, column_name) %}{% set sql = adapter.dispatch('test_not_null', 'dbt')(model, column_name) %}{{ sql }}{% endtest %}
{% test accepted_values(model, column_name, values, quote=True) %}{% set sql = adapter.dispatch('test_accepted_values', 'dbt')(model, column_name, values, quote) %}{{ sql }}{% endtest %}
{% test relationships(model, column_name, to, field) %}{% set sql = adapter.dispatch('test_relationships', 'dbt')(model, column_name, to, field) %}{{ sql }}{% endtest %}

{% macro default__test_unique(model, column_name) %}
select {{ column_name }} as unique_field, count(*) as n_records
from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endmacro %}

{% macro default__test_not_null(model, column_name) %}
{%- set wanted = '*' if should_store_failures() else column_name %}
select {{ wanted }}
from {{ model }}
where {{ column_name }} is null
{% endmacro %}

{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
with all_values as (
    select {{ column_name }} as value_field, count(*) as n_records
    from {{ model }}
    group by {{ column_name }}
)
select *
from all_values
where value_field not in (
    {% for value in values -%}
    {{ "'" ~ value ~ "'" if quote else value }}{{ ',' if not loop.last }}
    {%- endfor %}
)
{% endmacro %}

{% macro default__test_relationships(model, column_name, to, field) %}
with child as (
    select {{ column_name }} as from_field from {{ model }} where {{ column_name }} is not null
),
parent as (
    select {{ field }} as to_field from {{ to }}
)
select from_field
from child left join parent on child.from_field = parent.to_field
where parent.to_field is null
{% endmacro %}

{% macro get_where_subquery(relation) -%}{{ return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__get_where_subquery(relation) -%}
    {%- set condition = config.get('where', '') -%}
    {%- if not condition -%}{{ return(relation) }}{%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ condition ~ ') dbt_subquery') }}
{%- endmacro %}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}{{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}{%- endmacro %}
{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
        {{ fail_calc }} as failures,
        {{ fail_calc }} {{ warn_if }} as should_warn,
        {{ fail_calc }} {{ error_if }} as should_error
    from (
        {{ main_sql }}
        {{ "limit " ~ limit if limit is not none }}
    ) dbt_internal_test
{%- endmacro %}

{% macro should_store_failures() %}
    {% set wanted = config.get('store_failures') %}
    {{ return(flags.STORE_FAILURES if wanted is none else wanted) }}
{% endmacro %}

{% materialization test, default %}
    {% set kept = pintail__keep_failures() if should_store_failures() else none %}
    {% set failing = sql if kept is none else 'select * from ' ~ kept %}
    {# What was kept is within the limit already. #}
    {% set limit = config.get('limit') if kept is none else none %}
    {% call statement('main', fetch_result=True) %}
        {{- get_test_sql(failing, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit) -}}
    {% endcall %}
    {{ return({'relations': [] if kept is none else [kept]}) }}
{% endmaterialization %}

{# Writes the failing rows of a test into a relation of its own, in the place of those of the run before. #}
{% macro pintail__keep_failures() %}
    {% set kind = config.get('store_failures_as') or 'table' %}
    {% if kind not in ['table', 'view'] %}
        {% do exceptions.raise_compiler_error("store_failures_as is 'table' or 'view', not '" ~ kind ~ "'") %}
    {% endif %}
    {% set kept = this.incorporate(type=kind) %}
    {% set limit = config.get('limit') %}
    {% do drop_relation_if_exists(load_cached_relation(kept)) %}
    {% call statement(auto_begin=True) %}{{ get_create_sql(kept, sql ~ ('\nlimit ' ~ limit if limit is not none else '')) }}{% endcall %}
    {% do adapter.commit() %}
    {{ return(kept) }}
{% endmacro %}
