{# Snapshots in DuckDB: versions that end first, new ones then. #}

{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set names = pintail__history_names() -%}
    {%- set old, new = ('DBT_INTERNAL_TARGET', 'DBT_INTERNAL_SOURCE') -%}
    {%- set change = new ~ '.dbt_change_type::text' -%}
    update {{ target }} as {{ old }} set {{ names.dbt_valid_to }} = {{ new }}.{{ names.dbt_valid_to }} from {{ source }} as {{ new }}
    where {{ new }}.{{ names.dbt_scd_id }}::text = {{ old }}.{{ names.dbt_scd_id }}::text
        and {{ change }} in ('update'::text, 'delete'::text) and {{ pintail__is_valid(old ~ '.' ~ names.dbt_valid_to) }};

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select {% for name in insert_cols %}{{ new }}.{{ name }}{{ ',' if not loop.last }}{% endfor %} from {{ source }} as {{ new }} where {{ change }} = 'insert'::text;
{%- endmacro %}
{% macro duckdb__post_snapshot(temporary_relation) %}{% do drop_relation(temporary_relation) %}{% endmacro %}
