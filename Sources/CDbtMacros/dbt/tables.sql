{# Views and clones. Tables are the adapter's. #}

{% materialization view, default %}
    {% set names = pintail__exchange_of('view') %}
    {% do pintail__open(leftovers=[names.draft, names.aside]) %}
    {% call statement('main') %}{{ get_create_view_as_sql(names.draft, sql) }}{% endcall %}
    {% do pintail__exchange(names) %}
    {{ return(pintail__close(names.relation, names.old, spent=[names.aside])) }}
{% endmaterialization %}

{# What another environment has, as a copy without cost where the database can do that, or as a view of it. #}
{% materialization clone, default %}
    {% set old = load_cached_relation(this) %}
    {% if not defer_relation or (old and not flags.FULL_REFRESH) %}
        {% do log(old ~ " is there already and is left alone" if defer_relation
            else "the other state has no relation of " ~ model.unique_id ~ ": nothing to clone", info=True) %}
        {{ return({'relations': []}) }}
    {% endif %}
    {% set other = load_cached_relation(defer_relation) %}
    {% set type = 'table' if other and other.is_table and can_clone_table() else 'view' %}
    {% set copy = this.incorporate(type=type) %}
    {% if old and old.type != type %}{% do drop_relation_if_exists(old) %}{% endif %}
    {% call statement('main') %}
        {{- create_or_replace_clone(copy, defer_relation) if type == 'table' else get_replace_view_sql(copy, 'select * from ' ~ defer_relation) -}}
    {% endcall %}
    {% do persist_docs(copy, model) %}
    {% do adapter.commit() %}
    {{ return({'relations': [copy]}) }}
{% endmaterialization %}
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
