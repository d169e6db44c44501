{# Columns of relations and of queries. #}

{% macro get_columns_in_relation(relation) -%}{{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}{%- endmacro %}
{% macro default__get_columns_in_relation(relation) -%}{{ exceptions.raise_not_implemented('get_columns_in_relation is not known for adapter ' ~ adapter.type()) }}{%- endmacro %}
{% macro sql_convert_columns_in_relation(table) %}
    {% set columns = [] %}
    {% for row in table %}{% do columns.append(api.Column(*row)) %}{% endfor %}
    {{ return(columns) }}
{% endmacro %}
{% macro get_list_of_column_names(columns) -%}{{ return(columns | map(attribute='name') | list) }}{%- endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}{{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}{%- endmacro %}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {%- if select_sql_header is not none %} {{ select_sql_header }} {% endif -%}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq where false limit 0
{% endmacro %}

{% macro get_empty_schema_sql(columns) -%}{{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}{%- endmacro %}
{% macro default__get_empty_schema_sql(columns) %}
    {%- set untyped = [] -%}
    {%- set values = [] -%}
    {%- for column in columns.values() -%}
        {%- if column.data_type -%}{%- do values.append('cast(null as ' ~ column.data_type ~ ') as ' ~ pintail__column_name(column)) -%}
        {%- else -%}{%- do untyped.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if untyped -%}
        {%- do exceptions.raise_compiler_error("a contract needs the data_type of every column; it is missing for " ~ untyped | join(', ')) -%}
    {%- endif -%}
    select {{ values | join(', ') }}
{% endmacro %}

{# A column of the project's YAML as SQL names it. #}
{% macro pintail__column_name(column) -%}{{ adapter.quote(column.name) if column.get('quote') else column.name }}{%- endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
    {{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro %}
{% macro get_columns_in_query(select_sql) -%}{{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}{%- endmacro %}
{% macro default__get_columns_in_query(select_sql) %}
    {{ return(pintail__answer('get_columns_in_query', get_empty_subquery_sql(select_sql)).table.column_names | list) }}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) -%}{{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}{%- endmacro %}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
    {# A column of the new type takes the old one's values and its name: it comes last then. #}
    {%- set table = relation.render() -%}
    {%- set old = adapter.quote(column_name) -%}
    {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
    {%- set changes = [
        'alter table ' ~ table ~ ' add column ' ~ new ~ ' ' ~ new_column_type,
        'update ' ~ table ~ ' set ' ~ new ~ ' = ' ~ old,
        'alter table ' ~ table ~ ' drop column ' ~ old ~ ' cascade',
        'alter table ' ~ table ~ ' rename column ' ~ new ~ ' to ' ~ old,
    ] -%}
    {% call statement('alter_column_type') %}{{ changes | join(';\n') }}{% endcall %}
{% endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns = none, remove_columns = none) -%}{{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}{%- endmacro %}
{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
    {% set changes = [] %}
    {% for column in add_columns or [] %}{% do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) %}{% endfor %}
    {% for column in remove_columns or [] %}{% do changes.append('drop column ' ~ column.quoted) %}{% endfor %}
    {% if changes %}{% do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ changes | join(', ')) %}{% endif %}
{% endmacro %}

{% macro get_quoted_csv(column_names) -%}
    {%- for name in column_names -%}{{ adapter.quote(name) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{% macro diff_columns(source_columns, target_columns) %}
    {% set missing = [] %}
    {% set known = target_columns | map(attribute='column') | list %}
    {% for column in source_columns if column.column not in known %}{% do missing.append(column) %}{% endfor %}
    {{ return(missing) }}
{% endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) %}{{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}{% endmacro %}
{% macro default__diff_column_data_types(source_columns, target_columns) %}
    {% set known = {} %}
    {% for column in target_columns %}{% do known.update({column.name: column}) %}{% endfor %}
    {% set changed = [] %}
    {% for column in source_columns if column.name in known and known[column.name].expanded_data_type != column.expanded_data_type %}
        {# A text that only grows longer needs no other type. #}
        {% if not known[column.name].can_expand_to(column) %}{% do changed.append({'column_name': column.name, 'new_type': column.expanded_data_type}) %}{% endif %}
    {% endfor %}
    {{ return(changed) }}
{% endmacro %}
