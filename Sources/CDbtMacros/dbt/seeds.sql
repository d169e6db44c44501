{# CSV files of the project as tables. #}

{% macro create_csv_table(model, agate_table) -%}{{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__create_csv_table(model, agate_table) %}
    {%- set given = model.config.get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in pintail__seed_columns(model, agate_table.column_names) -%}
        {%- set type = given.get(agate_table.column_names[loop.index0]) or adapter.convert_type(agate_table, loop.index0) -%}
        {%- do columns.append(name ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- set statement_text = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
    {% call statement() %}{{ statement_text }}{% endcall %}
    {{ return(statement_text) }}
{% endmacro %}
{# The columns of a file as the table calls them: in quotes where the project wants that. #}
{% macro pintail__seed_columns(model, column_names) %}
    {% set names = [] %}
    {% for name in column_names %}
        {% do names.append(adapter.quote_seed_column(name | string, model.config.get('quote_columns'))) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}{{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}{%- endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {% if not full_refresh %}
        {% do adapter.truncate_relation(old_relation) %}
        {{ return('truncate table ' ~ old_relation.render()) }}
    {% endif %}
    {% do adapter.drop_relation(old_relation) %}
    {{ return(create_csv_table(model, agate_table)) }}
{% endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}{{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}{% endmacro %}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}

{% macro get_binding_char() -%}{{ adapter.dispatch('get_binding_char', 'dbt')() }}{%- endmacro %}
{% macro default__get_binding_char() %}{{ return('%s') }}{% endmacro %}
{% macro get_batch_size() -%}{{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}{%- endmacro %}
{% macro default__get_batch_size() %}{{ return(10000) }}{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}{{ return(pintail__seed_columns(model, column_names) | join(', ')) }}{% endmacro %}

{% macro load_csv_rows(model, agate_table) -%}{{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__load_csv_rows(model, agate_table) %}
    {% set marks = '(' ~ ([get_binding_char()] * agate_table.column_names | length) | join(',') ~ ')' %}
    {% set opening = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ') values ' %}
    {% set sent = namespace(first='') %}
    {% for rows in agate_table.rows | batch(get_batch_size()) %}
        {% set values = [] %}
        {% for row in rows %}{% do values.extend(row) %}{% endfor %}
        {% set insert = opening ~ ([marks] * rows | length) | join(',') %}
        {% do adapter.add_query(insert, bindings=values, abridge_sql_log=True) %}
        {% if loop.first %}{% set sent.first = insert %}{% endif %}
    {% endfor %}
    {{ return(sent.first) }}
{% endmacro %}

{% materialization seed, default %}
    {% set relation = this.incorporate(type='table') %}
    {% set old = load_cached_relation(this) %}
    {% set starts_over = should_full_refresh() %}
    {% set file = load_agate_table() %}
    {% do store_result('agate_table', response='OK', agate_table=file) %}
    {% do pintail__open() %}
    {% if old is not none and old.is_view %}
        {% do exceptions.raise_compiler_error(old.render() ~ " is a view: drop it, and the seed can take its place") %}
    {% endif %}
    {% set emptied = create_csv_table(model, file) if old is none else reset_csv_table(model, starts_over, old, file) %}
    {% set filled = load_csv_rows(model, file) %}
    {% set verb = 'CREATE' if starts_over else 'INSERT' %}
    {% set count = file.rows | length %}
    {% call noop_statement('main', verb ~ ' ' ~ count, verb, count) %}{{ get_csv_sql(emptied, filled) }}{% endcall %}
    {% if starts_over or old is none %}{% do create_indexes(relation) %}{% endif %}
    {{ return(pintail__close(relation, old, is_rebuilt=starts_over)) }}
{% endmaterialization %}
