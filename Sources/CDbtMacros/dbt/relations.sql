{# Relations: made, found, renamed, dropped. #}

{% macro create_schema(relation) -%}{{ adapter.dispatch('create_schema', 'dbt')(relation) }}{%- endmacro %}
{% macro default__create_schema(relation) -%}
    {%- call statement('create_schema') %}create schema if not exists {{ relation.without_identifier() }}{% endcall -%}
{%- endmacro %}

{% macro drop_schema(relation) -%}{{ adapter.dispatch('drop_schema', 'dbt')(relation) }}{%- endmacro %}
{% macro default__drop_schema(relation) -%}
    {%- call statement('drop_schema') %}drop schema if exists {{ relation.without_identifier() }} cascade{% endcall -%}
{%- endmacro %}
{% macro drop_schema_named(schema_name) %}{{ return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) }}{% endmacro %}
{% macro default__drop_schema_named(schema_name) %}
    {% do adapter.drop_schema(api.Relation.create(database=target.database, schema=schema_name)) %}
{% endmacro %}

{# Relations that exist for a moment. #}
{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}{{ return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) }}{% endmacro %}
{% macro default__make_intermediate_relation(base_relation, suffix) %}{{ return(pintail__beside(base_relation, suffix)) }}{% endmacro %}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}{{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) }}{% endmacro %}
{% macro default__make_temp_relation(base_relation, suffix) %}{{ return(pintail__beside(base_relation, suffix)) }}{% endmacro %}
{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}{{ return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) }}{% endmacro %}
{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) %}
    {{ return(pintail__beside(base_relation, suffix).incorporate(type=backup_relation_type)) }}
{% endmacro %}
{% macro pintail__beside(relation, suffix) %}{{ return(relation.incorporate(path={'identifier': relation.identifier ~ suffix})) }}{% endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) -%}{{ return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) }}{%- endmacro %}
{% macro default__get_or_create_relation(database, schema, identifier, type) %}
    {% set wanted = api.Relation.create(database=database, schema=schema, identifier=identifier, type=type) %}
    {% set found = load_cached_relation(wanted) %}
    {{ return([found is not none, found or wanted]) }}
{% endmacro %}
{% macro load_cached_relation(relation) %}
    {{ return(adapter.get_relation(relation.database, relation.schema, relation.identifier)) }}
{% endmacro %}
{% macro load_relation(relation) %}{{ return(load_cached_relation(relation)) }}{% endmacro %}

{% macro truncate_relation(relation) -%}{{ return(adapter.dispatch('truncate_relation', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__truncate_relation(relation) -%}
    {% call statement('truncate_relation') %}truncate table {{ relation }}{% endcall %}
{%- endmacro %}

{# Dropping. #}
{% macro get_drop_sql(relation) -%}{{ adapter.dispatch('get_drop_sql', 'dbt')(relation) }}{%- endmacro %}
{% macro default__get_drop_sql(relation) -%}
    {%- set known = {'view': drop_view, 'table': drop_table, 'materialized_view': drop_materialized_view} -%}
    {{ known[relation.type](relation) if relation.type in known else 'drop ' ~ relation.type ~ ' if exists ' ~ relation.render() ~ ' cascade' }}
{%- endmacro %}
{% macro drop_relation(relation) -%}{{ return(adapter.dispatch('drop_relation', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__drop_relation(relation) -%}
    {% call statement('drop_relation', auto_begin=False) %}{{ get_drop_sql(relation) }}{% endcall %}
{%- endmacro %}
{% macro drop_relation_if_exists(relation) %}{% if relation is not none %}{{ adapter.drop_relation(relation) }}{% endif %}{% endmacro %}
{% macro drop_table(relation) -%}{{ return(adapter.dispatch('drop_table', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__drop_table(relation) -%}drop table if exists {{ relation.render() }} cascade{%- endmacro %}
{% macro drop_view(relation) -%}{{ return(adapter.dispatch('drop_view', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__drop_view(relation) -%}drop view if exists {{ relation.render() }} cascade{%- endmacro %}

{# Renaming. #}
{% macro get_rename_sql(relation, new_name) -%}{{ adapter.dispatch('get_rename_sql', 'dbt')(relation, new_name) }}{%- endmacro %}
{% macro default__get_rename_sql(relation, new_name) -%}
    {%- set known = {'view': get_rename_view_sql, 'table': get_rename_table_sql, 'materialized_view': get_rename_materialized_view_sql} -%}
    {%- if relation.type not in known -%}
        {%- do exceptions.raise_compiler_error("get_rename_sql knows tables and views, and this is of type " ~ relation.type) -%}
    {%- endif -%}
    {{ known[relation.type](relation, new_name) }}
{%- endmacro %}
{% macro get_rename_table_sql(relation, new_name) %}{{ return(adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name)) }}{% endmacro %}
{% macro default__get_rename_table_sql(relation, new_name) -%}alter table {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro %}
{% macro get_rename_view_sql(relation, new_name) %}{{ return(adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name)) }}{% endmacro %}
{% macro default__get_rename_view_sql(relation, new_name) -%}alter view {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro %}
{% macro rename_relation(from_relation, to_relation) -%}{{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}{%- endmacro %}
{% macro default__rename_relation(from_relation, to_relation) -%}
    {{- pintail__rename('table', from_relation, to_relation) -}}
{%- endmacro %}
{% macro pintail__rename(kind, old, new) %}
    {% set statement_text = 'alter ' ~ kind ~ ' ' ~ old.render() ~ ' rename to ' ~ adapter.quote_as_configured(new.identifier, 'identifier') %}
    {% call statement('rename_relation') %}{{ statement_text }}{% endcall %}
{% endmacro %}
{% macro get_rename_intermediate_sql(relation) -%}{{ adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation) }}{%- endmacro %}
{% macro default__get_rename_intermediate_sql(relation) -%}
    {{ get_rename_sql(make_intermediate_relation(relation), relation.identifier) }}
{%- endmacro %}

{# Making. #}
{% macro get_create_sql(relation, sql) -%}{{ adapter.dispatch('get_create_sql', 'dbt')(relation, sql) }}{%- endmacro %}
{% macro default__get_create_sql(relation, sql) -%}
    {%- if relation.type == 'table' -%}{{ get_create_table_as_sql(False, relation, sql) }}
    {%- else -%}
        {%- set known = {'view': get_create_view_as_sql, 'materialized_view': get_create_materialized_view_as_sql} -%}
        {%- if relation.type not in known -%}
            {%- do exceptions.raise_compiler_error("get_create_sql knows tables and views, and this is of type " ~ relation.type) -%}
        {%- endif -%}
        {{ known[relation.type](relation, sql) }}
    {%- endif -%}
{%- endmacro %}
{% macro get_create_intermediate_sql(relation, sql) -%}{{ adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql) }}{%- endmacro %}
{% macro default__get_create_intermediate_sql(relation, sql) -%}
    {{ get_drop_sql(make_intermediate_relation(relation)) }};
    {{ get_create_sql(make_intermediate_relation(relation), sql) }}
{%- endmacro %}
{% macro get_create_backup_sql(relation) -%}{{ adapter.dispatch('get_create_backup_sql', 'dbt')(relation) }}{%- endmacro %}
{% macro default__get_create_backup_sql(relation) -%}
    {%- set backup = make_backup_relation(relation, relation.type) -%}
    {{ get_drop_sql(backup) }};
    {{ get_rename_sql(relation, backup.identifier) }}
{%- endmacro %}
{% macro get_drop_backup_sql(relation) -%}{{ adapter.dispatch('get_drop_backup_sql', 'dbt')(relation) }}{%- endmacro %}
{% macro default__get_drop_backup_sql(relation) -%}{{ get_drop_sql(make_backup_relation(relation, relation.type)) }}{%- endmacro %}
{% macro get_create_table_as_sql(temporary, relation, sql) -%}{{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}{{ return(create_table_as(temporary, relation, sql)) }}{%- endmacro %}
{% macro default__create_table_as(temporary, relation, sql) -%}
    {%- set kind, name = ('temporary table', relation.include(database=False, schema=False)) if temporary else ('table', relation) -%}
    {{ config.get('sql_header') or '' }}
    create {{ kind }} {{ name }} as (
        {{ sql }}
    );
{%- endmacro %}
{% macro get_create_view_as_sql(relation, sql) -%}{{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }}{%- endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) -%}{{ return(create_view_as(relation, sql)) }}{%- endmacro %}
{% macro create_view_as(relation, sql) -%}{{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}{%- endmacro %}
{% macro default__create_view_as(relation, sql) -%}
    {{ config.get('sql_header', none) or '' }}
    create view {{ relation }} as (
        {{ sql }}
    );
{%- endmacro %}

{# Replacing. #}
{% macro get_replace_sql(existing_relation, target_relation, sql) %}{{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}{% endmacro %}
{% macro default__get_replace_sql(existing_relation, target_relation, sql) %}
    {%- set in_place = existing_relation.can_be_replaced and existing_relation.type == target_relation.type -%}
    {%- set aside = target_relation.can_be_renamed -%}
    {%- set kept = aside and existing_relation.can_be_renamed -%}
    {%- if in_place and target_relation.is_view -%}{{ get_replace_view_sql(target_relation, sql) }}
    {%- elif in_place and target_relation.is_table -%}{{ get_replace_table_sql(target_relation, sql) }}
    {%- else -%}
        {#- What is new stands aside until the old one is out of its way, where both can be renamed. -#}
        {%- if aside -%}{{ get_create_intermediate_sql(target_relation, sql) }};{% endif %}
        {{ get_create_backup_sql(existing_relation) if kept else get_drop_sql(existing_relation) }};
        {{ get_rename_intermediate_sql(target_relation) if aside else get_create_sql(target_relation, sql) }}
        {%- if kept -%};
        {{ get_drop_backup_sql(existing_relation) }}{%- endif -%}
    {%- endif -%}
{% endmacro %}
{% macro get_replace_table_sql(relation, sql) %}{{ return(adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql)) }}{% endmacro %}
{% macro default__get_replace_table_sql(relation, sql) -%}create or replace table {{ relation }} as (
    {{ sql }}
){%- endmacro %}
{% macro get_replace_view_sql(relation, sql) %}{{ return(adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql)) }}{% endmacro %}
{% macro default__get_replace_view_sql(relation, sql) -%}create or replace view {{ relation }} as (
    {{ sql }}
){%- endmacro %}
{% macro create_or_replace_view() %}
    {% set view = this.incorporate(type='view') %}
    {% set old = load_cached_relation(this) %}
    {% do run_hooks(pre_hooks) %}
    {% if old is not none and not old.is_view %}{% do handle_existing_table(should_full_refresh(), old) %}{% endif %}
    {% call statement('main') %}{{ get_replace_view_sql(view, sql) }}{% endcall %}
    {% do run_hooks(post_hooks) %}
    {{ return({'relations': [view]}) }}
{% endmacro %}
{% macro handle_existing_table(full_refresh, old_relation) %}{{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}{% endmacro %}
{% macro default__handle_existing_table(full_refresh, old_relation) %}{{ adapter.drop_relation(old_relation) }}{% endmacro %}
