{# What the database knows of schemas and relations, and how fresh sources are. #}

{% macro get_catalog_relations(information_schema, relations) -%}{{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}{%- endmacro %}
{% macro default__get_catalog_relations(information_schema, relations) -%}{{ exceptions.raise_not_implemented('get_catalog_relations is not known for adapter ' ~ adapter.type()) }}{%- endmacro %}
{% macro get_catalog(information_schema, schemas) -%}{{ return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) }}{%- endmacro %}
{% macro default__get_catalog(information_schema, schemas) -%}{{ exceptions.raise_not_implemented('get_catalog is not known for adapter ' ~ adapter.type()) }}{%- endmacro %}
{% macro get_catalog_for_single_relation(relation) %}{{ return(adapter.dispatch('get_catalog_for_single_relation', 'dbt')(relation)) }}{% endmacro %}
{% macro default__get_catalog_for_single_relation(relation) %}{{ exceptions.raise_not_implemented('get_catalog_for_single_relation is not known for adapter ' ~ adapter.type()) }}{% endmacro %}
{% macro information_schema_name(database) %}{{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}{% endmacro %}
{% macro default__information_schema_name(database) -%}{{ database ~ '.' if database }}INFORMATION_SCHEMA{%- endmacro %}
{% macro list_schemas(database) -%}{{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}{%- endmacro %}
{% macro default__list_schemas(database) -%}{{ return(run_query('select distinct schema_name from ' ~ information_schema_name(database) ~ ".schemata where catalog_name ilike '" ~ database ~ "'")) }}{%- endmacro %}
{% macro check_schema_exists(information_schema, schema) -%}{{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}{%- endmacro %}
{% macro default__check_schema_exists(information_schema, schema) -%}
    {{ return(run_query("select count(*) from " ~ information_schema.replace(information_schema_view='SCHEMATA') ~ " where catalog_name = '" ~ information_schema.database ~ "' and schema_name = '" ~ schema ~ "'")) }}
{%- endmacro %}
{% macro list_relations_without_caching(schema_relation) %}{{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}{% endmacro %}
{% macro default__list_relations_without_caching(schema_relation) %}{{ exceptions.raise_not_implemented('list_relations_without_caching is not known for adapter ' ~ adapter.type()) }}{% endmacro %}
{% macro list_function_relations_without_caching(schema_relation) %}{{ return(adapter.dispatch('list_function_relations_without_caching', 'dbt')(schema_relation)) }}{% endmacro %}
{% macro default__list_function_relations_without_caching(schema_relation) %}{{ return([]) }}{% endmacro %}
{% macro get_relations() %}{{ return(adapter.dispatch('get_relations', 'dbt')()) }}{% endmacro %}
{% macro default__get_relations() %}{{ exceptions.raise_not_implemented('get_relations is not known for adapter ' ~ adapter.type()) }}{% endmacro %}
{% macro get_relation_last_modified(information_schema, relations) %}{{ return(adapter.dispatch('get_relation_last_modified', 'dbt')(information_schema, relations)) }}{% endmacro %}
{% macro default__get_relation_last_modified(information_schema, relations) %}{{ exceptions.raise_not_implemented('get_relation_last_modified is not known for adapter ' ~ adapter.type()) }}{% endmacro %}

{% macro collect_freshness(source, loaded_at_field, filter) %}{{ return(adapter.dispatch('collect_freshness', 'dbt')(source, loaded_at_field, filter)) }}{% endmacro %}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {{ return(pintail__freshness('max(' ~ loaded_at_field ~ ')', source ~ (' where ' ~ filter if filter else ''))) }}
{% endmacro %}
{% macro collect_freshness_custom_sql(source, loaded_at_query) %}{{ return(adapter.dispatch('collect_freshness_custom_sql', 'dbt')(source, loaded_at_query)) }}{% endmacro %}
{% macro default__collect_freshness_custom_sql(source, loaded_at_query) %}
    {{ return(pintail__freshness('(\n' ~ loaded_at_query ~ '\n)')) }}
{% endmacro %}
{# When a source was loaded last, and when that was asked. #}
{% macro pintail__freshness(loaded_at, relation=none) %}
    {% set query = 'select ' ~ loaded_at ~ ' as max_loaded_at, ' ~ current_timestamp() ~ ' as snapshotted_at' %}
    {{ return(pintail__answer('collect_freshness', query ~ (' from ' ~ relation if relation else ''))) }}
{% endmacro %}
