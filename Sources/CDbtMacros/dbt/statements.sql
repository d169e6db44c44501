{# Running SQL out of templates. #}

{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
    {%- if execute and language != 'sql' -%}
        {%- do exceptions.raise_compiler_error("statement runs 'sql', not '" ~ language ~ "'") -%}
    {%- elif execute -%}
        {%- set text = caller() -%}
        {%- if name == 'main' -%}{{ pintail__note_main(text) }}{%- endif -%}
        {%- set response, rows = adapter.execute(text, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- if name is not none -%}{%- do store_result(name, response=response, agate_table=rows) -%}{%- endif -%}
    {%- endif -%}
{%- endmacro -%}
{# The statement that makes a node is written below target/run. #}
{%- macro pintail__note_main(text) -%}
    {%- do log(model.unique_id ~ ' is built by the sql that follows') -%}
    {%- do write(text) -%}
{%- endmacro %}

{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {#- Something else did what the body says: the body is written down, and the outcome is what is told. -#}
    {%- set outcome = {'message': message, 'code': code, 'rows_affected': rows_affected, 'agate_table': res} -%}
    {%- set text = caller() -%}
    {%- if name == 'main' -%}{%- do write(text) -%}{%- endif -%}
    {%- if name is not none -%}{%- do store_raw_result(name, **outcome) -%}{%- endif -%}
{%- endmacro %}

{% macro run_query(sql) %}{{ return(pintail__answer('run_query_statement', sql).table) }}{% endmacro %}

{% macro is_core_v2() %}{{ return(dbt_version.split('.')[0] | int > 1) }}{% endmacro %}

{% macro validate_sql(sql) -%}{{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}{%- endmacro %}
{% macro default__validate_sql(sql) -%}
    {{ return(pintail__answer('validate_sql', 'explain ' ~ sql)) }}
{%- endmacro %}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {%- if sql_header is not none -%}{{ sql_header }}{%- endif %}
    {{ get_limit_subquery_sql(compiled_code, limit) if limit is not none else compiled_code }}
{%- endmacro %}
{% macro get_limit_subquery_sql(sql, limit) %}{{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}{% endmacro %}
{% macro default__get_limit_sql(sql, limit) %}
    {{ sql }}
    {{ 'limit ' ~ limit if limit is not none }}
{%- endmacro %}
