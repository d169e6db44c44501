{# Tables and table functions in DuckDB. #}

{% macro run_hooks(hooks, inside_transaction=True) %}
    {% for hook in hooks if hook.transaction == inside_transaction %}
        {% if not inside_transaction and loop.first %}{{ adapter.commit_if_open() }}{% endif %}
        {% set text = render(hook.get('sql')) | trim %}
        {% if text %}{% call statement(auto_begin=inside_transaction) %}{{ text }}{% endcall %}{% endif %}
    {% endfor %}
{% endmacro %}

{% materialization table, adapter="duckdb", supported_languages=['sql'] %}
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
    {% call statement('main', language=model['language']) -%}{{ create_table_as(False, building, compiled_code, model['language']) }}{%- endcall %}
    {% if existing is not none %}
        {% set existing = load_cached_relation(existing) %}
        {% if existing is not none %}
            {% do drop_indexes_on_relation(existing) %}
            {{ adapter.rename_relation(existing, backup) }}
        {% endif %}
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

{% materialization table_function, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set parameters = config.get('parameters') -%}
    {% if parameters is none %}{% set parameters = [] %}{% elif parameters is string %}{% set parameters = [parameters] %}{% endif %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        create or replace function {{ target_relation.render() }}({{ parameters | join(', ') }}) as table (
            {{ sql }}
        );
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
