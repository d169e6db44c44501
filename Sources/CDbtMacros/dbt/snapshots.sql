{# Snapshots: the history of rows, by a time of change or by comparing columns. #}

{% macro get_snapshot_table_column_names() %}
    {{ return({'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'}) }}
{% endmacro %}

{# Keys of one column or of many. #}
{% macro unique_key_fields(unique_key) %}
    {%- if unique_key is string -%}{{ unique_key }} as dbt_unique_key
    {%- else -%}
    {%- for key in unique_key -%}{{ key }} as dbt_unique_key_{{ loop.index }}{{ ' , ' if not loop.last }}{%- endfor -%}
    {%- endif -%}
{% endmacro %}
{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
    {%- if unique_key is string -%}{{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {%- else -%}
    {%- for key in unique_key -%}({{ identifier }}.dbt_unique_key_{{ loop.index }} = {{ from_identifier }}.dbt_unique_key_{{ loop.index }}){{ ' and ' if not loop.last }}{%- endfor -%}
    {%- endif -%}
{% endmacro %}
{% macro unique_key_is_null(unique_key, identifier) -%}{{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string }} is null{%- endmacro %}
{% macro unique_key_is_not_null(unique_key, identifier) -%}{{ identifier }}.dbt_unique_key{{ '_1' if unique_key is not string }} is not null{%- endmacro %}

{# When a snapshot is taken. #}
{%- macro snapshot_get_time() -%}{{ adapter.dispatch('snapshot_get_time', 'dbt')() }}{%- endmacro -%}
{% macro default__snapshot_get_time() %}{{ current_timestamp() }}{% endmacro %}
{% macro snapshot_string_as_time(timestamp) -%}{{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}{%- endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}{{ exceptions.raise_not_implemented('snapshot_string_as_time is not known for adapter ' ~ adapter.type()) }}{% endmacro %}
{% macro get_snapshot_get_time_data_type() %}
    {% set now = adapter.dispatch('snapshot_get_time', 'dbt')() %}
    {{ return(get_column_schema_from_query('select ' ~ now ~ ' as time_column')[0].dtype) }}
{% endmacro %}
{% macro get_updated_at_column_data_type(snapshot_sql) %}
    {% set wanted = config.get('updated_at') %}
    {% set found = get_column_schema_from_query(get_empty_subquery_sql(snapshot_sql)) | selectattr('column', 'equalto', wanted) | list %}
    {{ return(found[0].dtype if found else none) }}
{% endmacro %}
{% macro check_time_data_types(sql) %}
    {% set by_clock = get_snapshot_get_time_data_type() %}
    {% set by_column = get_updated_at_column_data_type(sql) %}
    {% if by_column is not none and by_clock | lower != by_column | lower %}
        {% do exceptions.warn_snapshot_timestamp_data_types(by_clock, by_column) %}
    {% endif %}
{% endmacro %}
{% macro get_true_sql() %}{{ adapter.dispatch('get_true_sql', 'dbt')() }}{% endmacro %}
{% macro default__get_true_sql() %}{{ return('TRUE') }}{% endmacro %}

{% macro snapshot_hash_arguments(args) -%}{{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}{%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
    md5({% for arg in args %}coalesce(cast({{ arg }} as varchar ), ''){{ " || '|' || " if not loop.last }}{% endfor %} )
{%- endmacro %}

{# Strategies: what a change is. A strategy of one's own is a macro `snapshot_NAME_strategy`. #}
{% macro strategy_dispatch(name) -%}
    {% set parts = name.split('.') %}
    {% if parts | length > 2 %}
        {{ exceptions.raise_compiler_error("A snapshot strategy is named NAME or PACKAGE.NAME, not '" ~ name ~ "'") }}
    {% endif %}
    {% set package = context if parts | length == 1 else context.get(parts[0]) %}
    {% if package is none or package is undefined %}
        {{ exceptions.raise_compiler_error("the snapshot strategy '" ~ name ~ "' names a package that is not there") }}
    {% endif %}
    {% set wanted = 'snapshot_' ~ parts[-1] ~ '_strategy' %}
    {% if wanted not in package %}
        {{ exceptions.raise_compiler_error("there is no macro '" ~ wanted ~ "' for the snapshot strategy '" ~ name ~ "'") }}
    {% endif %}
    {{ return(package[wanted]) }}
{%- endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set key = config.get('unique_key') %}
    {% set updated_at = config.get('updated_at') %}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    {% set hard_deletes = adapter.get_hard_deletes_behavior(config) %}
    {% set key_columns = [key] if key is string else key %}
    {{ return({
        "unique_key": key,
        "updated_at": updated_at,
        "row_changed": "(" ~ snapshotted_rel ~ "." ~ columns.dbt_valid_from ~ " < " ~ current_rel ~ "." ~ updated_at ~ ")",
        "scd_id": snapshot_hash_arguments(key_columns + [updated_at]),
        "invalidate_hard_deletes": hard_deletes == 'invalidate',
        "hard_deletes": hard_deletes,
    }) }}
{% endmacro %}

{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {%- set names = get_columns_in_query(node['compiled_code']) if check_cols_config == 'all' else check_cols_config -%}
        {{ return((false, names)) }}
    {%- endif -%}
    {%- set table = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- set held = adapter.get_columns_in_relation(table) | map(attribute='name') | map('lower') | list -%}
    {%- set queried = get_columns_in_query(node['compiled_code']) -%}
    {%- if check_cols_config == 'all' -%}{%- set checked = queried -%}
    {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}{%- set checked = check_cols_config -%}
    {%- else -%}{%- do exceptions.raise_compiler_error("check_cols is 'all' or a list of columns, not: " ~ check_cols_config) -%}
    {%- endif -%}
    {%- set state = namespace(added=false) -%}
    {%- set compared = [] -%}
    {%- set wanted = checked | map('lower') | list -%}
    {%- for name in queried if name | lower in wanted -%}
        {%- if name | lower in held -%}{%- do compared.append(adapter.quote(name)) -%}{%- else -%}{%- set state.added = true -%}{%- endif -%}
    {%- endfor -%}
    {{ return((state.added, compared)) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set key = config.get('unique_key') %}
    {% set hard_deletes = adapter.get_hard_deletes_behavior(config) %}
    {% set updated_at = config.get('updated_at') or snapshot_get_time() %}
    {% set added, compared = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) %}
    {% set changes = [] %}
    {% if added %}{% do changes.append(get_true_sql()) %}{% endif %}
    {% for name in compared %}
        {% do changes.append(snapshotted_rel ~ '.' ~ name ~ ' is distinct from ' ~ current_rel ~ '.' ~ name) %}
    {% endfor %}
    {% set key_columns = [key] if key is string else key %}
    {{ return({
        "unique_key": key,
        "updated_at": updated_at,
        "row_changed": "(" ~ (changes | join(' or ') if changes else 'false') ~ ")",
        "scd_id": snapshot_hash_arguments(key_columns + [updated_at]),
        "invalidate_hard_deletes": hard_deletes == 'invalidate',
        "hard_deletes": hard_deletes,
    }) }}
{% endmacro %}

{# What is still valid: NULL, or the value that the project gave for it. #}
{% macro get_dbt_valid_to_current(strategy, columns) %}
    {% set current = config.get('dbt_valid_to_current') or "null" %}
    coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ current }}) as {{ columns.dbt_valid_to }}
{% endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}{{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {%- if strategy.hard_deletes == 'new_record' -%}, 'False' as {{ columns.dbt_is_deleted }}{%- endif %}
    from ( {{ sql }} ) sbq
{% endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}{{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    {% set key = strategy.unique_key %}
    {% set marks_deleted = strategy.hard_deletes == 'new_record' %}
    {% set valid = config.get('dbt_valid_to_current') %}
    {% if marks_deleted %}{% set old_columns = get_list_of_column_names(get_columns_in_relation(target_relation)) %}{% endif %}
    with snapshot_query as (
        {{ source_sql }}
    ),
    snapshotted_data as (
        select *, {{ unique_key_fields(key) }}
        from {{ target_relation }}
        where {% if valid %}( {{ columns.dbt_valid_to }} = {{ valid }} or {{ columns.dbt_valid_to }} is null ){% else %}{{ columns.dbt_valid_to }} is null{% endif %}
    ),
    insertions_source_data as (
        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
        from snapshot_query
    ),
    updates_source_data as (
        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
        from snapshot_query
    ),
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    deletes_source_data as (
        select *, {{ unique_key_fields(key) }} from snapshot_query
    ),
    {%- endif %}
    insertions as (
        select 'insert' as dbt_change_type, source_data.*
            {%- if marks_deleted -%}, 'False' as {{ columns.dbt_is_deleted }}{%- endif %}
        from insertions_source_data as source_data
        left outer join snapshotted_data on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(key, "snapshotted_data") }}
            or ( {{ unique_key_is_not_null(key, "snapshotted_data") }} and (
                {{ strategy.row_changed }}{% if marks_deleted %} or snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'{% endif %}
            ))
    ),
    updates as (
        select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deleted -%}, snapshotted_data.{{ columns.dbt_is_deleted }}{%- endif %}
        from updates_source_data as source_data
        join snapshotted_data on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where ( {{ strategy.row_changed }} {% if marks_deleted %}or snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'{% endif %} )
    )
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %},
    deletes as (
        select 'delete' as dbt_change_type, source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if marks_deleted -%}, snapshotted_data.{{ columns.dbt_is_deleted }}{%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(key, "source_data") }}
        {%- if marks_deleted %} and snapshotted_data.{{ columns.dbt_is_deleted }} = 'False'{% endif %}
    )
    {%- endif %}
    {%- if marks_deleted %},
    {%- set deleted_key = [] -%}
    {%- for part in ([key] if key is string else key) -%}{%- do deleted_key.append('snapshotted_data.' ~ part) -%}{%- endfor -%}
    {%- set query_columns = get_list_of_column_names(get_column_schema_from_query(source_sql)) %}
    deletion_records as (
        select 'insert' as dbt_change_type,
            {%- for name in query_columns %}
            {% if name in old_columns %}snapshotted_data.{{ adapter.quote(name) }}{% else %}null as {{ adapter.quote(name) }}{% endif %},
            {%- endfor %}
            {% if key is string %}snapshotted_data.dbt_unique_key as dbt_unique_key
            {%- else %}{% for part in key %}snapshotted_data.dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}{% endif %},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ snapshot_hash_arguments(deleted_key + [snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(key, "source_data") }} and snapshotted_data.{{ columns.dbt_is_deleted }} = 'False'
    )
    {%- endif %}
    select * from insertions
    union all by name select * from updates
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    union all by name select * from deletes
    {%- endif %}
    {%- if marks_deleted %}
    union all by name select * from deletion_records
    {%- endif %}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
    {% set staging = make_temp_relation(target_relation) %}
    {% set query = snapshot_staging_table(strategy, sql, target_relation) %}
    {% call statement('build_snapshot_staging_relation') %}{{ create_table_as(True, staging, query) }}{% endcall %}
    {% do return(staging) %}
{% endmacro %}

{% macro create_columns(relation, columns) %}{{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}{% endmacro %}
{% macro default__create_columns(relation, columns) %}
    {% for column in columns %}
        {% call statement() %} alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }}; {% endcall %}
    {% endfor %}
{% endmacro %}

{% macro post_snapshot(staging_relation) %}{{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}{% endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}{{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set names = insert_cols | join(', ') -%}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}
    when matched and {% if config.get('dbt_valid_to_current') %}( DBT_INTERNAL_DEST.{{ columns.dbt_valid_to }} = {{ config.get('dbt_valid_to_current') }} or DBT_INTERNAL_DEST.{{ columns.dbt_valid_to }} is null ){% else %}DBT_INTERNAL_DEST.{{ columns.dbt_valid_to }} is null{% endif %}
        and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ names }}) values ({{ names }})
{%- endmacro %}

{% materialization snapshot, default %}
    {%- set name = model.get('alias', model.get('name')) -%}
    {%- set strategy_name = config.get('strategy') -%}
    {%- set grant_config = config.get('grants') -%}
    {% set exists, target_relation = get_or_create_relation(database=model.database, schema=model.schema, identifier=name, type='table') %}
    {%- if not target_relation.is_table -%}{% do exceptions.relation_wrong_type(target_relation, 'table') %}{%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% set strategy = strategy_dispatch(strategy_name)(model, "snapshotted_data", "source_data", model['config'], exists) %}
    {{ check_time_data_types(model['compiled_code']) }}
    {% if not exists %}
        {% set final_sql = create_table_as(False, target_relation, build_snapshot_table(strategy, model['compiled_code'])) %}
    {% else %}
        {% set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
        {{ adapter.assert_valid_snapshot_target_given_strategy(target_relation, columns, strategy) }}
        {% set staging = build_snapshot_staging_table(strategy, sql, target_relation) %}
        {% do adapter.expand_target_column_types(from_relation=staging, to_relation=target_relation) %}
        {% set own = ['dbt_change_type', 'dbt_unique_key'] %}
        {% if strategy.unique_key is not string %}{% for key in strategy.unique_key %}{% do own.append('dbt_unique_key_' ~ loop.index) %}{% endfor %}{% endif %}
        {% set missing = [] %}
        {% for column in adapter.get_missing_columns(staging, target_relation) if column.name | lower not in own %}{% do missing.append(column) %}{% endfor %}
        {% do create_columns(target_relation, missing) %}
        {% set names = [] %}
        {% for column in adapter.get_columns_in_relation(staging) if column.name | lower not in own %}{% do names.append(adapter.quote(column.name)) %}{% endfor %}
        {% set final_sql = snapshot_merge_sql(target=target_relation, source=staging, insert_cols=names) %}
    {% endif %}
    {% call statement('main') %}{{ final_sql }}{% endcall %}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(exists, full_refresh_mode=False)) %}
    {% do persist_docs(target_relation, model) %}
    {% if not exists %}{% do create_indexes(target_relation) %}{% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {% if staging is defined %}{% do post_snapshot(staging) %}{% endif %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
