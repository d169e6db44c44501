{# Models whose rows lie in files, with a view over them. #}

{% macro location_exists(location) -%}{% do return(adapter.location_exists(location)) %}{%- endmacro %}
{% macro write_to_file(relation, location, options) -%}
    {% call statement('write_to_file') -%}
        copy {{ relation }} to '{{ adapter.escape_sql_string(location) }}' ({{ options }})
    {%- endcall %}
{%- endmacro %}
{% macro store_relation(plugin, relation, location, format, config) -%}
    {%- set column_list = adapter.get_columns_in_relation(relation) -%}
    {% do adapter.store_relation(plugin, relation, column_list, location, format, config) %}
{%- endmacro %}
{% macro external_location(relation, config) -%}
    {%- if config.get('options', {}).get('partition_by') is none -%}
        {%- set format = config.get('format', 'parquet') -%}
        {{ adapter.external_root() }}/{{ relation.identifier }}.{{ format }}
    {%- else -%}
        {{ adapter.external_root() }}/{{ relation.identifier }}
    {%- endif -%}
{%- endmacro %}

{# What COPY is told: the model's `options`, its format and, for CSV, its delimiter. #}
{% macro render_write_options(config) -%}
    {% set options = {} %}
    {% for name, value in (config.get('options') or {}).items() %}{% do options.update({name: render(value | string)}) %}{% endfor %}
    {{ return(options) }}
{%- endmacro %}

{% macro register_upstream_external_models() %}
    {% if execute %}
        {% set upstream = {} %}
        {% for name in selected_resources if name in graph['nodes'] %}
            {% for parent in graph['nodes'][name]['depends_on']['nodes'] if parent not in selected_resources and parent in graph['nodes'] %}
                {% set node = graph['nodes'][parent] %}
                {% if node.resource_type == 'model' and node.config.materialized == 'external' %}{% do upstream.update({parent: node}) %}{% endif %}
            {% endfor %}
        {% endfor %}
        {% for node in upstream.values() %}
            {% set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias'], type='view') %}
            {% if load_cached_relation(relation) is none %}
                {% set options = node.config %}
                {% set location = options.get('location') or external_location(relation, options) %}
                {% set rendered = render(location) %}
                {% if adapter.location_exists(rendered) %}
                    {% do create_schema(relation) %}
                    {% call statement('register') %} create or replace view {{ relation }} as ( select * from {{ adapter.external_read_location(rendered, options.get('options', {})) }} ); {% endcall %}
                {% endif %}
            {% endif %}
        {% endfor %}
        {% do adapter.commit_if_open() %}
    {% endif %}
{% endmacro %}

{% materialization external, adapter="duckdb", supported_languages=['sql'] %}
    {%- set location = render(config.get('location', default=external_location(this, config))) -%}
    {%- set options = render_write_options(config) -%}
    {%- set format = config.get('format') -%}
    {%- set ending = location.split('.')[-1] | lower if '.' in location.split('/')[-1] else none -%}
    {%- if format is none -%}{%- set format = ending if ending in ['parquet', 'csv', 'json'] else 'parquet' -%}{%- endif -%}
    {%- if format not in ['default', 'parquet', 'csv', 'json'] and config.get('plugin', 'native') == 'native' -%}
        {%- do exceptions.raise_compiler_error("An external model is 'parquet', 'csv' or 'json', not '" ~ format ~ "'") -%}
    {%- endif -%}
    {%- set delimiter = config.get('delimiter', ',') -%}
    {%- set glob = config.get('glob', none) -%}
    {%- if 'format' not in options -%}{%- do options.update({'format': format}) -%}{%- endif -%}
    {%- if format == 'csv' and 'header' not in options -%}{%- do options.update({'header': '1'}) -%}{%- endif -%}
    {%- if format == 'csv' and 'delimiter' not in options -%}{%- do options.update({'delimiter': "'" ~ delimiter ~ "'"}) -%}{%- endif -%}
    {%- set read_location = adapter.external_read_location(location, options) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set building = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_ext_tmp') -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {% set grant_config = config.get('grants') %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ drop_relation_if_exists(load_cached_relation(building)) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {# An empty answer would leave Parquet files without a row, which cannot be read by partition: a row of NULLs stands in. #}
    {% call statement('create_table') -%}{{ create_table_as(False, building, compiled_code) }}{%- endcall %}
    {%- set rows = run_query('select count(*) from ' ~ building).rows[0][0] -%}
    {% if rows == 0 %}
        {% call statement() %} insert into {{ building }} select {% for column in adapter.get_columns_in_relation(building) %}null{{ ', ' if not loop.last }}{% endfor %} {% endcall %}
    {% endif %}
    {% if config.get('plugin', 'native') == 'native' %}
        {% do write_to_file(building, location, adapter.external_write_options(location, options)) %}
    {% else %}
        {% do store_relation(config.get('plugin'), building, location, format, config) %}
    {% endif %}
    {% if existing is not none and existing.type != 'view' %}{{ drop_relation_if_exists(existing) }}{% endif %}
    {% call statement('main') -%}
        create or replace view {{ target_relation }} as (
            select * from {{ read_location }}
            {%- if rows == 0 %} where {% for column in adapter.get_columns_in_relation(building) %}{{ column.quoted }} is not null{{ ' and ' if not loop.last }}{% endfor %}{% endif %}
        );
    {%- endcall %}
    {{ drop_relation_if_exists(building) }}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
