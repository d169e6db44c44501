{# How relations are made, found and dropped in DuckDB. #}

{% macro duckdb__create_schema(relation) -%}
    {{- default__create_schema(relation) -}}
{%- endmacro %}
{% macro duckdb__drop_schema(relation) -%}
    {{- default__drop_schema(relation) -}}
{%- endmacro %}
{% macro duckdb__list_schemas(database) -%}
    {% set sql %} select schema_name from duckdb_schemas() {{ "where lower(database_name) = '" ~ database | lower ~ "'" if database is not none }} {% endset %}
    {{ return(run_query(sql)) }}
{%- endmacro %}
{% macro duckdb__check_schema_exists(information_schema, schema) -%}
    {{ return(run_query("select count(*) from duckdb_schemas() where lower(schema_name) = '" ~ schema | lower ~ "' and lower(database_name) = '" ~ information_schema.database | lower ~ "'")) }}
{%- endmacro %}

{% macro get_column_names() %}
    {{- default__get_column_names() -}}
{% endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {%- if language != 'sql' -%}{%- do exceptions.raise_compiler_error("create_table_as takes 'sql', not '" ~ language ~ "'") -%}{%- endif -%}
    {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, partitioned_by, sorted_by) }}
{%- endmacro %}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
    {{ pintail__opening(compiled_code) }}
    {%- set kind, name = ('temporary table', relation.include(database=False, schema=False)) if temporary else ('table', relation) -%}
    {%- if pintail__is_promised() and not temporary %}
    create {{ kind }} {{ name }} {{ get_table_columns_and_constraints() }};
    insert into {{ name }} {{ get_column_names_clause() }} (
        {{ get_select_subquery(compiled_code) }}
    );
    {%- else %}
    create {{ kind }} {{ name }} {{ duckdb__get_partitioned_by(relation, temporary) }} as (
        {{ compiled_code }}
    );
    {%- endif %}
{%- endmacro %}
{# What stands before a statement that makes a relation: the model's own words. What it promised of its columns is looked at here. #}
{% macro pintail__opening(query) %}
    {{ config.get('sql_header') or '' }}
    {{ get_assert_columns_equivalent(query) if pintail__is_promised() }}
{% endmacro %}
{% macro pintail__is_promised() %}{% set contract = config.get('contract') %}{{ return((contract and contract.enforced) or false) }}{% endmacro %}
{% macro get_column_names_clause() %}({{ get_column_names() }}){% endmacro %}

{# Lakes keep their files apart by value; DuckDB's own tables do not. #}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
    {% do normalize_string_or_list(config.get('partitioned_by', config.get('partition_by')), 'partitioned_by/partition_by') %}
    {{ return('') }}
{%- endmacro %}
{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) %}
    {% do run_query('alter table ' ~ relation ~ ' set partitioned by (' ~ normalize_string_or_list(partitioned_by, 'partitioned_by') | join(', ') ~ ')') %}
{% endmacro %}
{% macro duckdb__get_sorted_by(relation, temporary) -%}{{ return('') }}{%- endmacro %}
{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) %}
    {% do run_query('alter table ' ~ relation ~ ' set sorted by (' ~ normalize_string_or_list(sorted_by, 'sorted_by') | join(', ') ~ ')') %}
{% endmacro %}
{% macro normalize_string_or_list(raw, field_name) %}
    {% if raw is none or raw is undefined %}{{ return([]) }}{% endif %}
    {% if raw is string %}{{ return([raw]) }}{% endif %}
    {% if raw is mapping or raw is not iterable %}
        {% do exceptions.raise_compiler_error(field_name ~ ' is a name or a list of names, not: ' ~ raw) %}
    {% endif %}
    {{ return(raw | list) }}
{% endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
    {{ pintail__opening(sql) }}
    create view {{ relation }} as (
        {{ sql }}
    );
{%- endmacro %}

{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {{- default__get_empty_subquery_sql(select_sql, select_sql_header) -}}
{% endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}{{ return(adapter.describe_relation_columns(relation)) }}{%- endmacro %}
{% macro duckdb__list_relations_without_caching(schema_relation) %}
    {% set found %}
        select '{{ schema_relation.database }}' as database, name, schema, type
        from (
            select table_name as name, schema_name as schema, 'table' as type, database_name from duckdb_tables()
            union all
            select view_name, schema_name, 'view', database_name from duckdb_views() where not internal
        )
        where lower(schema) = '{{ schema_relation.schema | lower }}'
            and lower(database_name) = '{{ schema_relation.database | lower }}'
    {% endset %}
    {{ return(run_query(found)) }}
{% endmacro %}

{% macro duckdb__drop_relation(relation) -%}
    {# The view over an external model's files is what can be dropped of it. #}
    {% set kind = 'view' if relation.type == 'external' else relation.type or 'table' %}
    {% call statement('drop_relation', auto_begin=False) %}drop {{ kind }} if exists {{ relation }} cascade{% endcall %}
{%- endmacro %}
{% macro duckdb__rename_relation(from_relation, to_relation) -%}
    {{- pintail__rename('view' if from_relation.type == 'view' else 'table', from_relation, to_relation) -}}
{%- endmacro %}

{% macro duckdb__make_temp_relation(base_relation, suffix) %}
    {# It lies in no schema, and has a name of its own each time. #}
    {% set beside = pintail__beside(base_relation, suffix ~ py_current_timestring()) %}
    {{ return(beside.incorporate(path={'database': none, 'schema': none})) }}
{% endmacro %}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
    {{ return(make_temp_relation(target_relation, '__dbt_tmp' ~ batch_id)) }}
{% endmacro %}

{% macro duckdb__current_timestamp() -%} now() {%- endmacro %}
{% macro duckdb__snapshot_string_as_time(timestamp) -%}{{ return("'" ~ timestamp ~ "'::timestamp") }}{%- endmacro %}
{% macro duckdb__snapshot_get_time() -%} {{ current_timestamp() }}::timestamp {%- endmacro %}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) %}
    {% if grant_config %}{{ adapter.warn_once('DuckDB knows no grants: those of this model do nothing') }}{% endif %}
{% endmacro %}

{# Indexes. A table that has one cannot be renamed. #}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
    {%- set index = adapter.parse_index(index_dict) -%}
    {%- if not index -%}{%- do return(none) -%}{%- endif -%}
    create {{ 'unique ' if index.unique }}index "{{ index.render(relation) }}" on {{ relation }} ({{ index.columns | join(', ') }});
{%- endmacro %}
{% macro drop_indexes_on_relation(relation) -%}
    {% for name in adapter.index_names(relation) %}
        {% call statement('drop_index') %} drop index if exists {{ relation.include(identifier=false) }}.{{ adapter.quote(name) }} {% endcall %}
    {% endfor %}
{%- endmacro %}

{# Tables that a foreign key points to cannot be renamed or dropped either. #}
{% macro drop_foreign_key_dependents(relation) %}{{ return([]) }}{% endmacro %}
{% macro restore_foreign_key_dependents(dropped) %}{% endmacro %}
{% macro enforced_constraint_types() %}
    {% if not pintail__is_promised() %}{{ return([]) }}{% endif %}
    {% set constraints = (model.constraints or []) + [] %}
    {% for column in (model.columns or {}).values() %}{% do constraints.extend(column.constraints or []) %}{% endfor %}
    {{ return(constraints | map(attribute='type') | map('string') | list) }}
{% endmacro %}
{% macro existing_constraint_types(relation) %}
    {% set sql %} select distinct lower(constraint_type) from duckdb_constraints() where lower(database_name) = '{{ relation.database | lower }}' and lower(schema_name) = '{{ relation.schema | lower }}' and lower(table_name) = '{{ relation.identifier | lower }}' {% endset %}
    {{ return(run_query(sql).columns[0].values() | list) }}
{% endmacro %}
{% macro has_foreign_key_constraints(relation=none) %}{{ return('foreign_key' in enforced_constraint_types() or (relation is not none and 'foreign key' in existing_constraint_types(relation))) }}{% endmacro %}
{% macro may_be_foreign_key_target(relation=none) %}{{ return('primary_key' in enforced_constraint_types() or 'unique' in enforced_constraint_types()) }}{% endmacro %}
{% macro drop_relation_for_rebuild(relation) %}{{ drop_relation_if_exists(relation) }}{% endmacro %}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
    {% for column in add_columns or [] %}
        {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) %}
    {% endfor %}
    {% for column in remove_columns or [] %}
        {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) %}
    {% endfor %}
{% endmacro %}

{# Descriptions. #}
{% macro duckdb_escape_comment(comment) -%}
    {%- set quotes = '$dbt_comment_literal_block$' -%}
    {%- set problem = 'a description is text, not: ' ~ comment if comment is not string
        else ('a description cannot contain ' ~ quotes if quotes in comment) -%}
    {%- if problem -%}{%- do exceptions.raise_compiler_error(problem) -%}{%- endif -%}
    {{ quotes ~ comment ~ quotes }}
{%- endmacro %}
{% macro duckdb__alter_relation_comment(relation, comment) %}
    comment on {{ 'view' if relation.type == 'view' else 'table' }} {{ relation }} is {{ duckdb_escape_comment(comment) }};
{% endmacro %}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {% for column in adapter.get_columns_in_relation(relation) if column.name in column_dict %}
        {% set told = column_dict[column.name] %}
        comment on column {{ relation }}.{{ column.quoted if told.quote else column.name }} is {{ duckdb_escape_comment(told.description) }};
    {% endfor %}
{% endmacro %}
{% macro flight_name(parsed_model) %}{{ return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) }}{% endmacro %}
{% macro default__flight_name(parsed_model) %}{{ return('dbt-' ~ [parsed_model['package_name'], parsed_model['database'], parsed_model['schema'], parsed_model['alias']] | join('-')) }}{% endmacro %}
{% macro duckdb__flight_name(parsed_model) %}{{ return(default__flight_name(parsed_model)) }}{% endmacro %}
