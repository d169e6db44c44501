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
    select database_name, schema_name, view_name, 'VIEW', comment from duckdb_views()
{% endmacro %}
{% macro duckdb__get_catalog_columns_sql(information_schema) %}
    select database_name as table_database, schema_name as table_schema, table_name, column_name, column_index, data_type as column_type, comment as column_comment
    from duckdb_columns()
{% endmacro %}
{% macro duckdb__get_catalog_results_sql() %}
    select relations.table_database, relations.table_schema, relations.table_name, relations.table_type, relations.table_comment,
        columns.column_name, columns.column_index, columns.column_type, columns.column_comment, null as table_owner
    from relations join columns using (table_database, table_schema, table_name)
{% endmacro %}
{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) %}
    where {% for schema in schemas %}upper(table_schema) = upper('{{ schema }}'){{ ' or ' if not loop.last }}{% else %}false{% endfor %}
{% endmacro %}
{% macro duckdb__get_catalog_relations_where_clause_sql(relations) %}
    where {% for relation in relations %}(upper(table_schema) = upper('{{ relation.schema }}')
        {%- if relation.identifier %} and upper(table_name) = upper('{{ relation.identifier }}'){% endif %}){{ ' or ' if not loop.last }}{% else %}false{% endfor %}
{% endmacro %}
