{# Snapshots in DuckDB: closed rows first, new rows then. #}

{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set valid = config.get('dbt_valid_to_current') -%}
    update {{ target }} as DBT_INTERNAL_TARGET
    set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }}::text = DBT_INTERNAL_TARGET.{{ columns.dbt_scd_id }}::text
        and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update'::text, 'delete'::text)
        and {% if valid %}(DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} = {{ valid }} or DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} is null){% else %}DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} is null{% endif %};

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select {% for name in insert_cols %}DBT_INTERNAL_SOURCE.{{ name }}{{ ',' if not loop.last }}{% endfor %}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.dbt_change_type::text = 'insert'::text;
{%- endmacro %}
{% macro duckdb__post_snapshot(temporary_relation) %}{% do return(drop_relation(temporary_relation)) %}{% endmacro %}
