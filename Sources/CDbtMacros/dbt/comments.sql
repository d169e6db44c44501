{# Descriptions kept in the database, and indexes. #}

{% macro alter_column_comment(relation, column_dict) -%}{{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}{%- endmacro %}
{% macro default__alter_column_comment(relation, column_dict) -%}{{ exceptions.raise_not_implemented('alter_column_comment is not known for adapter ' ~ adapter.type()) }}{%- endmacro %}
{% macro alter_relation_comment(relation, relation_comment) -%}{{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}{%- endmacro %}
{% macro default__alter_relation_comment(relation, relation_comment) -%}{{ exceptions.raise_not_implemented('alter_relation_comment is not known for adapter ' ~ adapter.type()) }}{%- endmacro %}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}{{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}{%- endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
    {% set told = [] %}
    {% if for_relation and model.description and config.persist_relation_docs() %}{% do told.append(alter_relation_comment(relation, model.description)) %}{% endif %}
    {% if for_columns and model.columns and config.persist_column_docs() %}{% do told.append(alter_column_comment(relation, model.columns)) %}{% endif %}
    {% for comment in told if comment and comment | trim %}{% do run_query(comment) %}{% endfor %}
{% endmacro %}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) %}
    {% set known = existing_column_names | map('lower') | list %}
    {% set present = {} %}
    {% for name, column in column_dict.items() if name | lower in known %}{% do present.update({name: column}) %}{% endfor %}
    {{ return(present) }}
{% endmacro %}

{% macro get_create_index_sql(relation, index_dict) -%}{{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}{%- endmacro %}
{% macro default__get_create_index_sql(relation, index_dict) -%}{% do return(None) %}{%- endmacro %}
{% macro create_indexes(relation) -%}{{ adapter.dispatch('create_indexes', 'dbt')(relation) }}{%- endmacro %}
{% macro default__create_indexes(relation) -%}
    {%- for index in config.get('indexes') or [] -%}
        {%- set creation = get_create_index_sql(relation, index) -%}
        {%- if creation -%}{%- do run_query(creation) -%}{%- endif -%}
    {%- endfor -%}
{%- endmacro %}
{% macro get_drop_index_sql(relation, index_name) -%}{{ adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name) }}{%- endmacro %}
{% macro default__get_drop_index_sql(relation, index_name) -%}{{ exceptions.raise_compiler_error("get_drop_index_sql does nothing here: this database has no such thing") }}{%- endmacro %}
{% macro get_show_indexes_sql(relation) -%}{{ adapter.dispatch('get_show_indexes_sql', 'dbt')(relation) }}{%- endmacro %}
{% macro default__get_show_indexes_sql(relation) -%}{{ exceptions.raise_compiler_error("get_show_indexes_sql does nothing here: this database has no such thing") }}{%- endmacro %}
