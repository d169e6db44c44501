{# Running SQL out of templates. #}

{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
    {%- if execute -%}
        {%- set compiled_code = caller() -%}
        {%- if name == 'main' -%}
            {{ log(model['unique_id'] ~ ' is built by the ' ~ language ~ ' that follows') }}
            {{ write(compiled_code) }}
        {%- endif -%}
        {%- if language != 'sql' -%}
            {% do exceptions.raise_compiler_error("statement runs 'sql', not '" ~ language ~ "'") %}
        {%- endif -%}
        {%- set response, table = adapter.execute(compiled_code, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- if name is not none -%}{{ store_result(name, response=response, agate_table=table) }}{%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {%- set text = caller() -%}
    {%- if name == 'main' -%}{{ write(text) }}{%- endif -%}
    {%- if name is not none -%}
        {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
    {%- endif -%}
{%- endmacro %}

{% macro run_query(sql) %}
    {% call statement("run_query_statement", fetch_result=true, auto_begin=false) %}{{ sql }}{% endcall %}
    {% do return(load_result("run_query_statement").table) %}
{% endmacro %}

{% macro is_core_v2() %}{{ return(dbt_version.split('.')[0] | int > 1) }}{% endmacro %}

{% macro validate_sql(sql) -%}{{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}{%- endmacro %}
{% macro default__validate_sql(sql) -%}
    {% call statement('validate_sql') -%} explain {{ sql }} {%- endcall %}
    {{ return(load_result('validate_sql')) }}
{%- endmacro %}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {%- if sql_header is not none -%}{{ sql_header }}{%- endif %}
    {{ get_limit_subquery_sql(compiled_code, limit) if limit is not none else compiled_code }}
{%- endmacro %}
{% macro get_limit_subquery_sql(sql, limit) %}{{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}{% endmacro %}
{% macro default__get_limit_sql(sql, limit) %}
    {{ sql }}
    {{ 'limit ' ~ limit if limit is not none }}
{% endmacro %}
