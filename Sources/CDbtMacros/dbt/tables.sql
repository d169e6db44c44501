{# Tables, views and clones. #}

{%- materialization view, default -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set building = make_intermediate_relation(target_relation) -%}
    {%- set leftover = load_cached_relation(building) -%}
    {%- set backup = make_backup_relation(target_relation, 'view' if existing is none else existing.type) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {% set grant_config = config.get('grants') %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ drop_relation_if_exists(leftover) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}{{ get_create_view_as_sql(building, sql) }}{%- endcall %}
    {% if existing is not none %}
        {% set existing = load_cached_relation(existing) %}
        {% if existing is not none %}{{ adapter.rename_relation(existing, backup) }}{% endif %}
    {% endif %}
    {{ adapter.rename_relation(building, target_relation) }}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{% materialization table, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set building = make_intermediate_relation(target_relation) -%}
    {%- set leftover = load_cached_relation(building) -%}
    {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {% set grant_config = config.get('grants') %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ drop_relation_if_exists(leftover) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}{{ get_create_table_as_sql(False, building, sql) }}{%- endcall %}
    {% if existing is not none %}
        {% set existing = load_cached_relation(existing) %}
        {% if existing is not none %}{{ adapter.rename_relation(existing, backup) }}{% endif %}
    {% endif %}
    {{ adapter.rename_relation(building, target_relation) }}
    {% do create_indexes(target_relation) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{%- materialization clone, default -%}
    {%- set relations = {'relations': []} -%}
    {%- if not defer_relation -%}
        {{ log("the other state has no relation of " ~ model.unique_id ~ ": nothing to clone", info=True) }}
        {{ return(relations) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing and not flags.FULL_REFRESH -%}
        {{ log(existing ~ " is there already and is left alone", info=True) }}
        {{ return(relations) }}
    {%- endif -%}
    {%- set other = load_cached_relation(defer_relation) -%}
    {%- if other and other.type == 'table' and can_clone_table() -%}
        {%- set target_relation = this.incorporate(type='table') -%}
        {% if existing is not none and not existing.is_table %}{{ drop_relation_if_exists(existing) }}{% endif %}
        {% call statement('main') %}{{ create_or_replace_clone(target_relation, defer_relation) }}{% endcall %}
        {% do persist_docs(target_relation, model) %}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set by_view = 'select * from ' ~ defer_relation -%}
    {% if existing is not none and not existing.is_view %}{{ drop_relation_if_exists(existing) }}{% endif %}
    {% call statement('main') %}{{ get_replace_view_sql(target_relation, by_view) }}{% endcall %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}
{% macro can_clone_table() %}{{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}{% endmacro %}
{% macro default__can_clone_table() %}{{ return(False) }}{% endmacro %}
{% macro create_or_replace_clone(this_relation, defer_relation) %}{{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}{% endmacro %}
{% macro default__create_or_replace_clone(this_relation, defer_relation) %}create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}{% endmacro %}

{# Materialized views: names for other engines. #}
{% macro get_create_materialized_view_as_sql(relation, sql) -%}{{ return(adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql)) }}{%- endmacro %}
{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}{{ exceptions.raise_compiler_error("get_create_materialized_view_as_sql does nothing here: this database has no such thing") }}{%- endmacro %}
{% macro drop_materialized_view(relation) -%}{{ return(adapter.dispatch('drop_materialized_view', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__drop_materialized_view(relation) -%}drop materialized view if exists {{ relation.render() }} cascade{%- endmacro %}
{% macro refresh_materialized_view(relation) %}{{ return(adapter.dispatch('refresh_materialized_view', 'dbt')(relation)) }}{% endmacro %}
{% macro default__refresh_materialized_view(relation) %}{{ exceptions.raise_compiler_error("refresh_materialized_view does nothing here: this database has no such thing") }}{% endmacro %}
{% macro get_rename_materialized_view_sql(relation, new_name) %}{{ return(adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name)) }}{% endmacro %}
{% macro default__get_rename_materialized_view_sql(relation, new_name) %}{{ exceptions.raise_compiler_error("get_rename_materialized_view_sql does nothing here: this database has no such thing") }}{% endmacro %}
{% macro get_replace_materialized_view_sql(relation, sql) %}{{ return(adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql)) }}{% endmacro %}
{% macro default__get_replace_materialized_view_sql(relation, sql) %}{{ exceptions.raise_compiler_error("get_replace_materialized_view_sql does nothing here: this database has no such thing") }}{% endmacro %}
{% materialization materialized_view, default %}
    {{ exceptions.raise_compiler_error(adapter.type() ~ " has no materialized views; choose table or view") }}
{% endmaterialization %}
