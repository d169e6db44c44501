{# Incremental models in DuckDB. #}

{% materialization incremental, adapter="duckdb", supported_languages=['sql'] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set temporary = make_temp_relation(target_relation) -%}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set full_refresh_mode = should_full_refresh() or (existing is not none and existing.is_view) -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set building = make_intermediate_relation(target_relation) -%}
    {%- set leftover = load_cached_relation(building) -%}
    {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {%- set replaces = existing is not none and full_refresh_mode -%}
    {% set grant_config = config.get('grants') %}
    {{ drop_relation_if_exists(leftover) }}
    {{ drop_relation_if_exists(old_backup) }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is none %}
        {% set build_sql = create_table_as(False, target_relation, compiled_code) %}
    {% elif replaces %}
        {% set build_sql = create_table_as(False, building, compiled_code) %}
    {% else %}
        {% call statement('create_temporary') -%}{{ create_table_as(True, temporary, compiled_code) }}{%- endcall %}
        {% do adapter.expand_target_column_types(from_relation=temporary, to_relation=target_relation) %}
        {% set columns = process_schema_changes(on_schema_change, temporary, existing) %}
        {% if not columns %}{% set columns = adapter.get_columns_in_relation(existing) %}{% endif %}
        {% set strategy = config.get('incremental_strategy') or 'default' %}
        {% set predicates = config.get('predicates', none) or config.get('incremental_predicates', none) %}
        {% set build = adapter.get_incremental_strategy_macro(context, strategy) %}
        {% set build_sql = build({
            'target_relation': target_relation, 'temp_relation': temporary, 'unique_key': unique_key,
            'dest_columns': columns, 'incremental_predicates': normalize_incremental_predicates(predicates),
        }) %}
    {% endif %}
    {% call statement('main') -%}{{ build_sql }}{%- endcall %}
    {% if replaces %}
        {% do drop_indexes_on_relation(existing) %}
        {% do adapter.rename_relation(existing, backup) %}
        {% do adapter.rename_relation(building, target_relation) %}
    {% endif %}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode)) %}
    {% do persist_docs(target_relation, model) %}
    {% if existing is none or existing.is_view or full_refresh_mode %}{% do create_indexes(target_relation) %}{% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {% if replaces %}{% do adapter.drop_relation(backup) %}{% endif %}
    {% if existing is not none and not replaces %}{% do adapter.drop_relation(temporary) %}{% endif %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{# Without a strategy: rows of a known key are replaced, others are added. #}
{% macro duckdb__get_incremental_default_sql(arg_dict) %}
    {{ return(get_incremental_delete_insert_sql(arg_dict) if arg_dict["unique_key"] else get_incremental_append_sql(arg_dict)) }}
{% endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) %}
    {% if incremental_predicates is none or incremental_predicates is undefined %}{{ return(none) }}{% endif %}
    {{ return([incremental_predicates] if incremental_predicates is string else incremental_predicates) }}
{% endmacro %}

{# Named as others call it by name; the same as anywhere. #}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {{ default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}

{# A batch of time replaces what the table holds of that time. #}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
    {%- set target = arg_dict["target_relation"] -%}
    {%- set names = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    {%- set time = model.config.event_time -%}
    {%- set conditions = [] + (arg_dict["incremental_predicates"] or []) -%}
    {%- set start = config.get("__dbt_internal_microbatch_event_time_start") -%}
    {%- set end = config.get("__dbt_internal_microbatch_event_time_end") -%}
    {%- if start -%}{%- do conditions.append(time ~ " >= '" ~ start ~ "'") -%}{%- endif -%}
    {%- if end -%}{%- do conditions.append(time ~ " < '" ~ end ~ "'") -%}{%- endif -%}
    delete from {{ target }} {{ 'where ' ~ conditions | join(' and ') if conditions }};
    insert into {{ target }} ({{ names }}) (
        select {{ names }} from {{ arg_dict["temp_relation"] }}
    )
{% endmacro %}
