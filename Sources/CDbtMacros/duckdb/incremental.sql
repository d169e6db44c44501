{# Incremental models in DuckDB. #}

{% materialization incremental, adapter="duckdb", supported_languages=['sql'] %}
    {% set names = pintail__exchange_of('table') %}
    {% set relation = names.relation %}
    {% set starts_over = should_full_refresh() or names.old is none or names.old.is_view %}
    {% set reaction = incremental_validate_on_schema_change(config.get('on_schema_change'), 'ignore') %}
    {% set spent = [] %}
    {% do pintail__open(leftovers=[names.draft, names.aside]) %}
    {% if names.old is none %}
        {% call statement('main') %}{{ create_table_as(False, relation, compiled_code) }}{% endcall %}
    {% elif starts_over %}
        {% call statement('main') %}{{ create_table_as(False, names.draft, compiled_code) }}{% endcall %}
        {% do pintail__exchange(names) %}
        {% do spent.append(names.aside) %}
    {% else %}
        {% set new_rows = make_temp_relation(relation) %}
        {% call statement('create_temporary') %}{{ create_table_as(True, new_rows, compiled_code) }}{% endcall %}
        {% call statement('main') %}{{ pintail__add_rows(new_rows, relation, names.old, reaction) }}{% endcall %}
        {% do spent.append(new_rows) %}
    {% endif %}
    {% if starts_over %}{% do create_indexes(relation) %}{% endif %}
    {{ return(pintail__close(relation, names.old, is_rebuilt=starts_over, spent=spent)) }}
{% endmaterialization %}

{# The statements by which the model's strategy brings new rows into its table, whose columns follow the model first. #}
{% macro pintail__add_rows(new_rows, relation, old, reaction) %}
    {% set columns = process_schema_changes(reaction, new_rows, old) or adapter.get_columns_in_relation(old) %}
    {% set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
    {{ return(strategy({
        'target_relation': relation,
        'temp_relation': new_rows,
        'unique_key': config.get('unique_key'),
        'dest_columns': columns,
        'incremental_predicates': normalize_incremental_predicates(config.get('predicates') or config.get('incremental_predicates')),
    })) }}
{% endmacro %}

{# Without a strategy rows of a known key are replaced; without a key there are none. #}
{% macro duckdb__get_incremental_default_sql(arg_dict) %}
    {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
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
    {%- set time = model.config.event_time -%}
    {%- set conditions = [] + (arg_dict.incremental_predicates or []) -%}
    {%- set start = config.get("__dbt_internal_microbatch_event_time_start") -%}
    {%- set end = config.get("__dbt_internal_microbatch_event_time_end") -%}
    {%- if start -%}{%- do conditions.append(time ~ " >= '" ~ start ~ "'") -%}{%- endif -%}
    {%- if end -%}{%- do conditions.append(time ~ " < '" ~ end ~ "'") -%}{%- endif -%}
    delete from {{ arg_dict.target_relation }} {{ 'where ' ~ conditions | join(' and ') if conditions }};
    {{ dbt.get_insert_into_sql(arg_dict.target_relation, arg_dict.temp_relation, arg_dict.dest_columns) }}
{% endmacro %}
