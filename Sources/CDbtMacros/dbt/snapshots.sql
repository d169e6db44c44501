{# Snapshots: the history of rows, by a time of change or by comparing columns. #}

{# The columns that a snapshot adds, by what they are called without a configuration. #}
{% macro get_snapshot_table_column_names() %}
    {% set names = {} %}
    {% for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] %}{% do names.update({name: name}) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}
{% macro pintail__history_names() %}
    {% set names = dbt.get_snapshot_table_column_names() %}
    {% set own = config.get('snapshot_table_column_names') or config.get('snapshot_meta_column_names') or {} %}
    {% for name in names if own.get(name) %}{% do names.update({name: own[name]}) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# Keys of one column or of many, each with the name that it has while a snapshot is compared. #}
{% macro pintail__named_keys(unique_key) %}
    {% if unique_key is string %}{{ return([(unique_key, 'dbt_unique_key')]) }}{% endif %}
    {% set pairs = [] %}
    {% for key in unique_key %}{% do pairs.append((key, 'dbt_unique_key_' ~ loop.index)) %}{% endfor %}
    {{ return(pairs) }}
{% endmacro %}
{% macro unique_key_fields(unique_key) -%}
    {%- for key, name in pintail__named_keys(unique_key) -%}{{ key }} as {{ name }}{{ ' , ' if not loop.last }}{%- endfor -%}
{%- endmacro %}
{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- set equal = [] -%}
    {%- for key, name in pintail__named_keys(unique_key) -%}{%- do equal.append(identifier ~ '.' ~ name ~ ' = ' ~ from_identifier ~ '.' ~ name) -%}{%- endfor -%}
    {{ equal[0] if unique_key is string else '(' ~ equal | join(') and (') ~ ')' }}
{%- endmacro %}
{% macro unique_key_is_null(unique_key, identifier) -%}{{ identifier }}.{{ pintail__named_keys(unique_key)[0][1] }} is null{%- endmacro %}
{% macro unique_key_is_not_null(unique_key, identifier) -%}{{ identifier }}.{{ pintail__named_keys(unique_key)[0][1] }} is not null{%- endmacro %}

{# When a snapshot is taken. #}
{%- macro snapshot_get_time() -%}{{ adapter.dispatch('snapshot_get_time', 'dbt')() }}{%- endmacro -%}
{% macro default__snapshot_get_time() %}{{ current_timestamp() }}{% endmacro %}
{% macro snapshot_string_as_time(timestamp) -%}{{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}{%- endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}{{ exceptions.raise_not_implemented('snapshot_string_as_time is not known for adapter ' ~ adapter.type()) }}{% endmacro %}
{% macro get_snapshot_get_time_data_type() %}
    {{ return(get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as taken_at')[0].dtype) }}
{% endmacro %}
{% macro get_updated_at_column_data_type(snapshot_sql) %}
    {% for column in get_column_schema_from_query(get_empty_subquery_sql(snapshot_sql)) if column.column == config.get('updated_at') %}
        {{ return(column.dtype) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}
{% macro check_time_data_types(sql) %}
    {% set by_clock = get_snapshot_get_time_data_type() %}
    {% set by_column = get_updated_at_column_data_type(sql) or by_clock %}
    {% if by_clock | lower != by_column | lower %}{% do exceptions.warn_snapshot_timestamp_data_types(by_clock, by_column) %}{% endif %}
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
    {% set time = config.get('updated_at') %}
    {% set is_later = snapshotted_rel ~ '.' ~ pintail__history_names().dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ time %}
    {{ return(pintail__strategy(time, is_later)) }}
{% endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set has_new, compared = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) %}
    {% set differences = [get_true_sql()] if has_new else [] %}
    {% for name in compared %}
        {% do differences.append(snapshotted_rel ~ '.' ~ name ~ ' is distinct from ' ~ current_rel ~ '.' ~ name) %}
    {% endfor %}
    {{ return(pintail__strategy(config.get('updated_at') or snapshot_get_time(), differences | join(' or ') or 'false')) }}
{% endmacro %}

{# Whether the query has columns to check that the snapshot has not yet, and those that both have, in quotes. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- set checks_all = check_cols_config == 'all' -%}
    {%- if not target_exists -%}{{ return((false, get_columns_in_query(node.compiled_code) if checks_all else check_cols_config)) }}{%- endif -%}
    {%- if check_cols_config is not iterable or not check_cols_config -%}
        {%- do exceptions.raise_compiler_error("check_cols is 'all' or a list of columns, not: " ~ check_cols_config) -%}
    {%- endif -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- set held = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
    {%- set queried = get_columns_in_query(node.compiled_code) -%}
    {%- set wanted = (queried if checks_all else check_cols_config) | map('lower') | list -%}
    {%- for name in wanted if name not in queried | map('lower') -%}
        {%- do exceptions.raise_compiler_error("check_cols names '" ~ name ~ "', which is not a column of the query") -%}
    {%- endfor -%}
    {%- set new = [] -%}
    {%- set common = [] -%}
    {%- for name in queried if name | lower in wanted -%}
        {%- do (common if name | lower in held else new).append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return((new | length > 0, common)) }}
{%- endmacro %}

{# What a strategy tells: when a row changed last, and the condition under which it did since the snapshot. #}
{% macro pintail__strategy(updated_at, is_changed) %}
    {% set keys = pintail__named_keys(config.get('unique_key')) | map(attribute=0) | list %}
    {% set hard_deletes = adapter.get_hard_deletes_behavior(config) %}
    {{ return({
        'unique_key': config.get('unique_key'),
        'updated_at': updated_at,
        'row_changed': '(' ~ is_changed ~ ')',
        'scd_id': snapshot_hash_arguments(keys + [updated_at]),
        'invalidate_hard_deletes': hard_deletes == 'invalidate',
        'hard_deletes': hard_deletes,
    }) }}
{% endmacro %}

{# What is still valid: NULL, or the value that the project gave for it, of the type of the time. #}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
    case when false then {{ strategy.updated_at }} else {{ config.get('dbt_valid_to_current') or 'null' }} end as {{ columns.dbt_valid_to }}
{%- endmacro %}
{% macro pintail__is_valid(column) -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {{ '( ' ~ column ~ ' = ' ~ current ~ ' or ' ~ column ~ ' is null )' if current else column ~ ' is null' }}
{%- endmacro %}

{# What a snapshot adds to a row that is valid from now on. #}
{% macro pintail__history_of(strategy) -%}
    {%- set names = pintail__history_names() -%}
    {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
        {% for name in ['dbt_updated_at', 'dbt_valid_from'] %}{{ strategy.updated_at }} as {{ names[name] }}, {% endfor -%}
        {{ get_dbt_valid_to_current(strategy, names) }}
        {%- if strategy.hard_deletes == 'new_record' %}, 'False' as {{ names.dbt_is_deleted }}{% endif %}
{%- endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}{{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
    select *, {{ pintail__history_of(strategy) }}
    from (
        {{ sql }}
    ) sbq
{% endmacro %}

{# One row for each change since the last time: `insert` brings a version, `update` and `delete` end one.
   A row that is marked as deleted ends and begins again, with the mark. #}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}{{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set key = strategy.unique_key -%}
    {%- set names = pintail__history_names() -%}
    {%- set marks = strategy.hard_deletes == 'new_record' -%}
    {%- set is_same_row = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
    with source_data as (
        select *, {{ unique_key_fields(key) }}, {{ pintail__history_of(strategy) }}
        from (
            {{ source_sql }}
        ) as snapshot_query
    ),
    snapshotted_data as (
        select *, {{ unique_key_fields(key) }} from {{ target_relation }} where {{ pintail__is_valid(names.dbt_valid_to) }}
    ),
    changed as (
        select source_data.*, snapshotted_data.{{ names.dbt_scd_id }} as pintail_ended, {{ unique_key_is_not_null(key, 'snapshotted_data') }} as pintail_was_there
        from source_data left join snapshotted_data on {{ is_same_row }}
        where {{ unique_key_is_null(key, 'snapshotted_data') }} or {{ strategy.row_changed }}
            {%- if marks %} or snapshotted_data.{{ names.dbt_is_deleted }} = 'True'{% endif %}
    )
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %},
    gone as (
        select * from snapshotted_data where not exists (select 1 from source_data where {{ is_same_row }})
            {%- if marks %} and {{ names.dbt_is_deleted }} = 'False'{% endif %}
    )
    {%- endif %}
    select 'insert' as dbt_change_type, * exclude (pintail_ended, pintail_was_there) from changed
    union all by name
    select 'update' as dbt_change_type, * exclude (pintail_ended, pintail_was_there)
        replace (pintail_ended as {{ names.dbt_scd_id }}, {{ names.dbt_updated_at }} as {{ names.dbt_valid_to }})
    from changed where pintail_was_there
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    union all by name
    select 'delete' as dbt_change_type, {{ names.dbt_scd_id }}, {{ pintail__now_as([names.dbt_updated_at, names.dbt_valid_from, names.dbt_valid_to]) }} from gone
    {%- endif %}
    {%- if marks %}
    union all by name
    select 'insert' as dbt_change_type, {{ pintail__deleted_row(strategy, source_sql, target_relation) }} from gone
    {%- endif %}
{%- endmacro %}

{% macro pintail__now_as(names) -%}{% for name in names %}{{ snapshot_get_time() }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %}{%- endmacro %}

{# The last version of a row once more, marked as deleted. Columns that the query has no more stay behind. #}
{% macro pintail__deleted_row(strategy, source_sql, target_relation) -%}
    {%- set names = pintail__history_names() -%}
    {%- set held = get_list_of_column_names(get_columns_in_relation(target_relation)) -%}
    {%- set keys = pintail__named_keys(strategy.unique_key) -%}
    {%- set taken = keys | map(attribute=1) | list -%}
    {%- for column in get_column_schema_from_query(source_sql) if column.name in held -%}{%- do taken.append(adapter.quote(column.name)) -%}{%- endfor -%}
    {{ taken | join(', ') }}, {{ names.dbt_valid_to }}, {{ pintail__now_as([names.dbt_updated_at, names.dbt_valid_from]) }},
        {{ snapshot_hash_arguments([names.dbt_scd_id, snapshot_get_time()]) }} as {{ names.dbt_scd_id }}, 'True' as {{ names.dbt_is_deleted }}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
    {% set staging = make_temp_relation(target_relation) %}
    {% set changes = snapshot_staging_table(strategy, sql, target_relation) %}
    {% call statement('build_snapshot_staging_relation') %}{{ create_table_as(True, staging, changes) }}{% endcall %}
    {{ return(staging) }}
{% endmacro %}

{% macro create_columns(relation, columns) %}{{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}{% endmacro %}
{% macro default__create_columns(relation, columns) %}
    {% if columns %}{% do dbt.alter_relation_add_remove_columns(relation, columns, none) %}{% endif %}
{% endmacro %}

{% macro post_snapshot(staging_relation) %}{{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}{% endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}{{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set names = pintail__history_names() -%}
    {%- set old, new = ('DBT_INTERNAL_DEST', 'DBT_INTERNAL_SOURCE') -%}
    {%- set brought = insert_cols | join(', ') -%}
    merge into {{ target.render() }} as {{ old }} using {{ source }} as {{ new }} on {{ new }}.{{ names.dbt_scd_id }} = {{ old }}.{{ names.dbt_scd_id }}
    when matched and {{ pintail__is_valid(old ~ '.' ~ names.dbt_valid_to) }} and {{ new }}.dbt_change_type in ('update', 'delete')
        then update set {{ names.dbt_valid_to }} = {{ new }}.{{ names.dbt_valid_to }}
    when not matched and {{ new }}.dbt_change_type = 'insert' then insert ({{ brought }}) values ({{ brought }})
{%- endmacro %}

{% materialization snapshot, default %}
    {% set exists, relation = get_or_create_relation(model.database, model.schema, model.get('alias', model.name), 'table') %}
    {% if not relation.is_table %}{% do exceptions.relation_wrong_type(relation, 'table') %}{% endif %}
    {% do pintail__open() %}
    {% set strategy = strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', 'source_data', model.config, exists) %}
    {% do check_time_data_types(model.compiled_code) %}
    {% if exists %}
        {% do adapter.assert_valid_snapshot_target_given_strategy(relation, pintail__history_names(), strategy) %}
        {% set changes = build_snapshot_staging_table(strategy, sql, relation) %}
        {% set columns = pintail__taken_in(changes, relation, strategy) %}
        {% call statement('main') %}{{ snapshot_merge_sql(relation, changes, columns) }}{% endcall %}
    {% else %}
        {% call statement('main') %}{{ create_table_as(False, relation, build_snapshot_table(strategy, sql)) }}{% endcall %}
        {% do create_indexes(relation) %}
    {% endif %}
    {% set built = pintail__close(relation, exists, is_rebuilt=False) %}
    {% if exists %}{% do post_snapshot(changes) %}{% endif %}
    {{ return(built) }}
{% endmaterialization %}

{# The columns that the changes bring, in quotes; those that the snapshot has not yet are added to it. #}
{% macro pintail__taken_in(changes, relation, strategy) %}
    {% set aids = ['dbt_change_type'] + pintail__named_keys(strategy.unique_key) | map(attribute=1) | list %}
    {% set held = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list %}
    {% set taken = [] %}
    {% set new = [] %}
    {% for column in adapter.get_columns_in_relation(changes) if column.name | lower not in aids %}
        {% if column.name | lower not in held %}{% do new.append(column) %}{% endif %}
        {% do taken.append(adapter.quote(column.name)) %}
    {% endfor %}
    {% do create_columns(relation, new) %}
    {{ return(taken) }}
{% endmacro %}
