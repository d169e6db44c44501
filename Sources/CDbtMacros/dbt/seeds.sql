{# CSV files of the project as tables. #}

{% macro create_csv_table(model, agate_table) -%}{{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__create_csv_table(model, agate_table) %}
    {%- set given = model['config'].get('column_types', {}) -%}
    {%- set quotes = model['config'].get('quote_columns', none) -%}
    {%- set lines = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = given.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do lines.append(adapter.quote_seed_column(name | string, quotes) ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ lines | join(', ') ~ ')' -%}
    {% call statement('_') -%}{{ sql }}{%- endcall %}
    {{ return(sql) }}
{% endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}{{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}{%- endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {% if full_refresh %}
        {{ adapter.drop_relation(old_relation) }}
        {{ return(create_csv_table(model, agate_table)) }}
    {% endif %}
    {{ adapter.truncate_relation(old_relation) }}
    {{ return("truncate table " ~ old_relation.render()) }}
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

{% macro get_seed_column_quoted_csv(model, column_names) %}
    {%- set quotes = model['config'].get('quote_columns', none) -%}
    {%- set names = [] -%}
    {%- for name in column_names -%}{%- do names.append(adapter.quote_seed_column(name, quotes)) -%}{%- endfor -%}
    {{ return(names | join(', ')) }}
{% endmacro %}

{% macro load_csv_rows(model, agate_table) -%}{{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__load_csv_rows(model, agate_table) %}
    {% set names = get_seed_column_quoted_csv(model, agate_table.column_names) %}
    {% set mark = get_binding_char() %}
    {% set statements = [] %}
    {% for rows in agate_table.rows | batch(get_batch_size()) %}
        {% set bindings = [] %}
        {% for row in rows %}{% do bindings.extend(row) %}{% endfor %}
        {% set tuple = '(' ~ ([mark] * agate_table.column_names | length) | join(',') ~ ')' %}
        {% set sql = 'insert into ' ~ this.render() ~ ' (' ~ names ~ ') values ' ~ ([tuple] * rows | length) | join(',') %}
        {% do adapter.add_query(sql, bindings=bindings, abridge_sql_log=True) %}
        {% do statements.append(sql) %}
    {% endfor %}
    {{ return(statements[0] if statements else '') }}
{% endmacro %}

{% materialization seed, default %}
    {%- set full_refresh_mode = should_full_refresh() -%}
    {%- set old = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set agate_table = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if old is not none and old.is_view %}
        {{ exceptions.raise_compiler_error(old.render() ~ " is a view: drop it, and the seed can take its place") }}
    {% endif %}
    {% set create_sql = create_csv_table(model, agate_table) if old is none else reset_csv_table(model, full_refresh_mode, old, agate_table) %}
    {% set rows_affected = agate_table.rows | length %}
    {% set insert_sql = load_csv_rows(model, agate_table) %}
    {% call noop_statement('main', ('CREATE' if full_refresh_mode else 'INSERT') ~ ' ' ~ rows_affected, 'CREATE' if full_refresh_mode else 'INSERT', rows_affected) %}
        {{ get_csv_sql(create_sql, insert_sql) }}
    {% endcall %}
    {% set target_relation = this.incorporate(type='table') %}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(old, full_refresh_mode)) %}
    {% do persist_docs(target_relation, model) %}
    {% if full_refresh_mode or old is none %}{% do create_indexes(target_relation) %}{% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
