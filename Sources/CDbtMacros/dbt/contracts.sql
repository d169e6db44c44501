{# Contracts: promised columns, types and constraints. #}

{% macro get_table_columns_and_constraints() -%}{{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}{%- endmacro %}
{% macro default__get_table_columns_and_constraints() -%}{{ return(table_columns_and_constraints()) }}{%- endmacro %}
{% macro table_columns_and_constraints() %}
    {%- set columns = adapter.render_raw_columns_constraints(model.columns) -%}
    {%- set constraints = adapter.render_raw_model_constraints(model.constraints) -%}
    ( {{ (columns + constraints) | join(',\n    ') }} )
{% endmacro %}

{% macro get_select_subquery(sql) %}{{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}{% endmacro %}
{% macro default__get_select_subquery(sql) %}
    select {{ adapter.dispatch('get_column_names', 'dbt')() }} from (
        {{ sql }}
    ) as model_subq
{% endmacro %}
{% macro default__get_column_names() %}
    {%- set names = [] -%}
    {%- for column in model.columns.values() -%}{%- do names.append(pintail__column_name(column)) -%}{%- endfor -%}
    {{ names | join(', ') }}
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}{{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) -%}{{ return(assert_columns_equivalent(sql)) }}{%- endmacro %}
{% macro assert_columns_equivalent(sql) %}
    {#- Columns are matched by name and type; their order is the table's. -#}
    {%- set given = format_columns(get_column_schema_from_query(sql, config.get('sql_header'))) -%}
    {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model.columns))) -%}
    {%- set kept = [] -%}
    {%- for line in promised if given | selectattr('name', 'equalto', line.name) | selectattr('data_type', 'equalto', line.data_type) | list -%}
        {%- do kept.append(line) -%}
    {%- endfor -%}
    {%- if not (given | length == promised | length == kept | length) -%}{%- do exceptions.raise_contract_error(promised, given) -%}{%- endif -%}
{% endmacro %}

{% macro format_columns(columns) %}
    {% set format = adapter.dispatch('format_column', 'dbt') %}
    {% set lines = [] %}
    {% for column in columns %}{% do lines.append(format(column)) %}{% endfor %}
    {{ return(lines) }}
{% endmacro %}
{% macro default__format_column(column) -%}
    {{ return({'name': column.column, 'data_type': column.dtype, 'formatted': column.column | lower ~ ' ' ~ column.dtype}) }}
{%- endmacro %}
