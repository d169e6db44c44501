{# What is in the database, for documentation. #}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
    {{ return(run_query(duckdb__catalog_sql(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas)))) }}
{%- endmacro %}
{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
    {{ return(run_query(duckdb__catalog_sql(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations)))) }}
{%- endmacro %}
{% macro duckdb__catalog_sql(information_schema, condition) %}
    with relations as ({{ duckdb__get_catalog_tables_sql(information_schema) }}),
    columns as ({{ duckdb__get_catalog_columns_sql(information_schema) }})
    {{ duckdb__get_catalog_results_sql() }}
    {{ condition }}
    order by table_database, table_schema, table_name, column_index
{% endmacro %}
{% macro duckdb__get_catalog_tables_sql(information_schema) %}
    select database_name as table_database, schema_name as table_schema, table_name, 'BASE TABLE' as table_type, comment as table_comment
    from duckdb_tables()
    union all
    select database_name, schema_name, view_name, 'VIEW', comment from duckdb_views() where not internal
{% endmacro %}
{% macro duckdb__get_catalog_columns_sql(information_schema) %}
    select database_name as table_database, schema_name as table_schema, table_name, column_name, column_index, data_type as column_type, comment as column_comment
    from duckdb_columns()
{% endmacro %}
{% macro duckdb__get_catalog_results_sql() %}
    select *, null as table_owner from relations join columns using (table_database, table_schema, table_name)
{% endmacro %}
{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) %}
    {%- set conditions = [] -%}
    {%- for schema in schemas -%}{%- do conditions.append(pintail__is_named('table_schema', schema)) -%}{%- endfor -%}
    where {{ conditions | join(' or ') or 'false' }}
{% endmacro %}
{% macro duckdb__get_catalog_relations_where_clause_sql(relations) %}
    {%- set conditions = [] -%}
    {%- for relation in relations -%}
        {%- set parts = [pintail__is_named('table_schema', relation.schema)] -%}
        {%- if relation.identifier -%}{%- do parts.append(pintail__is_named('table_name', relation.identifier)) -%}{%- endif -%}
        {%- do conditions.append('(' ~ parts | join(' and ') ~ ')') -%}
    {%- endfor -%}
    where {{ conditions | join(' or ') or 'false' }}
{% endmacro %}
{% macro pintail__is_named(column, name) -%}lower({{ column }}) = '{{ name | lower }}'{%- endmacro %}
