{# What incremental models are made of; the materialization itself is the adapter's. #}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
    {% set known = ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}
    {% if on_schema_change in known %}{{ return(on_schema_change) }}{% endif %}
    {% do log("on_schema_change is one of " ~ known | join(', ') ~ ", not '" ~ on_schema_change ~ "': it is taken for '" ~ default ~ "'") %}
    {{ return(default) }}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}{{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}{% endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) %}
    {% set new = adapter.get_columns_in_relation(source_relation) %}
    {% set old = adapter.get_columns_in_relation(target_relation) %}
    {% set changes = {
        'source_not_in_target': diff_columns(new, old),
        'target_not_in_source': diff_columns(old, new),
        'new_target_types': diff_column_data_types(new, old),
    } %}
    {% do changes.update({'schema_changed': changes.values() | select | list | length > 0, 'source_columns': new, 'target_columns': old}) %}
    {{ return(changes) }}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}{{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}{% endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
    {% set follows = on_schema_change == 'sync_all_columns' %}
    {% set added = schema_changes_dict['source_not_in_target'] if follows or on_schema_change == 'append_new_columns' else [] %}
    {% set removed = schema_changes_dict['target_not_in_source'] if follows else [] %}
    {% if added or removed %}{% do alter_relation_add_remove_columns(target_relation, added, removed) %}{% endif %}
    {% for change in schema_changes_dict['new_target_types'] if follows %}
        {% do alter_column_type(target_relation, change.column_name, change.new_type) %}
    {% endfor %}
{% endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}{{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}{% endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {% if on_schema_change == 'ignore' %}{{ return({}) }}{% endif %}
    {% set changes = check_for_schema_changes(source_relation, target_relation) %}
    {% if changes.schema_changed and on_schema_change == 'fail' %}
        {% do exceptions.raise_compiler_error(
            "the query's columns are no longer those of the table that it adds to\n"
            ~ "  columns only in the query: " ~ changes.source_not_in_target | map(attribute='name') | join(', ')
            ~ "\n  columns only in the table: " ~ changes.target_not_in_source | map(attribute='name') | join(', ')
            ~ "\n  columns of another type: " ~ changes.new_target_types | map(attribute='column_name') | join(', ')
            ~ "\nRun it with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns.") %}
    {% endif %}
    {% if changes.schema_changed %}{% do sync_column_schemas(on_schema_change, target_relation, changes) %}{% endif %}
    {{ return(changes.source_columns) }}
{% endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}{{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}{% endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
    {% set kept = merge_exclude_columns | map('lower') | list if merge_exclude_columns else [] %}
    {% set all = [] %}
    {% for column in dest_columns if column.column | lower not in kept %}{% do all.append(column.quoted) %}{% endfor %}
    {% if kept and merge_update_columns %}
        {% do exceptions.raise_compiler_error('give merge_update_columns or merge_exclude_columns, not both') %}
    {% endif %}
    {{ return(merge_update_columns or all) }}
{% endmacro %}

{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) -%}{{ adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key) }}{%- endmacro %}
{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}{{ dbt.equals(source_unique_key, target_unique_key) }}{%- endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}{{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- set matches = [] + (incremental_predicates or []) -%}
    {%- set keys = [] if not unique_key else ([unique_key] if unique_key is string else unique_key) -%}
    {%- for key in keys -%}
        {%- do matches.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ key, 'DBT_INTERNAL_DEST.' ~ key)) -%}
    {%- endfor -%}
    {%- if not keys -%}{%- do matches.append('FALSE') -%}{%- endif -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {{ config.get('sql_header', none) or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on {{ '(' ~ matches | join(') and (') ~ ')' }}
    {% if keys %}
    when matched then update set
        {% for name in get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns', none), dest_columns) -%}
        {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}
        {%- endfor %}
    {% endif %}
    when not matched then insert ({{ names }}) values ({{ names }})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}{{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}{%- endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set conditions = [] -%}
    {%- if unique_key and unique_key is string -%}
        delete from {{ target }}
        where ( {{ unique_key }}) in ( select ({{ unique_key }}) from {{ source }} )
        {%- for condition in incremental_predicates or [] %} and {{ condition }}{% endfor -%}
        ;
    {%- elif unique_key -%}
        {%- for key in unique_key -%}{%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}{%- endfor -%}
        delete from {{ target }} as DBT_INCREMENTAL_TARGET using {{ source }}
        where ( {{ (conditions + (incremental_predicates or [])) | join(' and ') }} );
    {%- endif %}
    {{ dbt.get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}{{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}{%- endmacro %}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {{ config.get('sql_header', none) or '' if include_sql_header }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on FALSE
    when not matched by source {{ 'and ' ~ predicates | join(' and ') if predicates }} then delete
    when not matched then insert ({{ names }}) values ({{ names }})
{%- endmacro %}

{# One macro a strategy: what a custom strategy is named like. #}
{% macro get_incremental_append_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_append_sql(arg_dict) %}
    {{ return(get_insert_into_sql(arg_dict.target_relation, arg_dict.temp_relation, arg_dict.dest_columns)) }}
{% endmacro %}
{% macro get_incremental_delete_insert_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_delete_insert_sql(arg_dict) %}
    {{ return(get_delete_insert_merge_sql(*pintail__keyed(arg_dict))) }}
{% endmacro %}
{% macro get_incremental_merge_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_merge_sql(arg_dict) %}
    {{ return(get_merge_sql(*pintail__keyed(arg_dict))) }}
{% endmacro %}
{# What strategies take that know rows by a key. #}
{% macro pintail__keyed(told) %}{{ return([told.target_relation, told.temp_relation, told.unique_key, told.dest_columns, told.incremental_predicates]) }}{% endmacro %}
{% macro get_incremental_insert_overwrite_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_insert_overwrite_sql(arg_dict) %}
    {{ return(get_insert_overwrite_merge_sql(arg_dict.target_relation, arg_dict.temp_relation, arg_dict.dest_columns, arg_dict.incremental_predicates)) }}
{% endmacro %}
{% macro get_incremental_default_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_default_sql(arg_dict) %}{{ return(get_incremental_append_sql(arg_dict)) }}{% endmacro %}
{% macro get_incremental_microbatch_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_microbatch_sql(arg_dict) %}{{ exceptions.raise_not_implemented(adapter.type() ~ ' does not know how to replace a batch of time: give get_incremental_microbatch_sql for it') }}{% endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    insert into {{ target_relation }} ({{ names }}) (
        select {{ names }} from {{ temp_relation }}
    )
{% endmacro %}
