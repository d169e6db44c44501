{# Contracts: promised columns, types and constraints. #}

{% macro get_table_columns_and_constraints() -%}{{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}{%- endmacro %}
{% macro default__get_table_columns_and_constraints() -%}{{ return(table_columns_and_constraints()) }}{%- endmacro %}
{% macro table_columns_and_constraints() %}
    {%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns'])
        + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
    (
    {{ lines | join(',\n    ') }}
    )
{% endmacro %}

{% macro get_select_subquery(sql) %}{{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}{% endmacro %}
{% macro default__get_select_subquery(sql) %}
    select {{ adapter.dispatch('get_column_names', 'dbt')() }}
    from ( {{ sql }} ) as model_subq
{% endmacro %}
{% macro default__get_column_names() %}
    {%- for column in model['columns'].values() -%}
        {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}{{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) -%}{{ return(assert_columns_equivalent(sql)) }}{%- endmacro %}
{% macro assert_columns_equivalent(sql) %}
    {%- set promised = model['columns'] -%}
    {%- set given = get_column_schema_from_query(sql, config.get('sql_header', none)) -%}
    {%- set wanted = get_column_schema_from_query(get_empty_schema_sql(promised)) -%}
    {%- set given_lines = format_columns(given) -%}
    {%- set wanted_lines = format_columns(wanted) -%}
    {%- if given_lines | length != wanted_lines | length -%}
        {%- do exceptions.raise_contract_error(wanted_lines, given_lines) -%}
    {%- endif -%}
    {%- for line in wanted_lines if given_lines | selectattr('name', 'equalto', line.name) | selectattr('data_type', 'equalto', line.data_type) | list | length == 0 -%}
        {%- do exceptions.raise_contract_error(wanted_lines, given_lines) -%}
    {%- endfor -%}
{% endmacro %}

{% macro format_columns(columns) %}
    {% set lines = [] %}
    {% for column in columns %}{% do lines.append(adapter.dispatch('format_column', 'dbt')(column)) %}{% endfor %}
    {{ return(lines) }}
{% endmacro %}
{% macro default__format_column(column) -%}
    {% set type = column.dtype %}
    {{ return({'name': column.column, 'data_type': type, 'formatted': column.column.lower() ~ ' ' ~ type}) }}
{%- endmacro %}
