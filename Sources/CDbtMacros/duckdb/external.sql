{# Models whose rows lie in files, with a view over them. #}

{% macro location_exists(location) -%}{% do return(adapter.location_exists(location)) %}{%- endmacro %}
{% macro write_to_file(relation, location, options) -%}
    {% set file = "'" ~ adapter.escape_sql_string(location) ~ "'" %}
    {% call statement('write_to_file') %}copy {{ relation }} to {{ file }} ({{ options }}){% endcall %}
{%- endmacro %}
{% macro store_relation(plugin, relation, location, format, config) -%}
    {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{%- endmacro %}
{% macro external_location(relation, config) -%}
    {#- One file, or a folder of parts. -#}
    {%- set is_folder = config.get('options', {}).get('partition_by') is not none -%}
    {{ adapter.external_root() }}/{{ relation.identifier }}{{ '' if is_folder else '.' ~ config.get('format', 'parquet') }}
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

{# Whether an external model adds to the files that are there: it says how, by a key or a strategy, and asks is_incremental(). #}
{% macro is_incremental_external(config) %}
    {% set told = config.get('incremental') %}
    {% if told is not none %}{{ return(told) }}{% endif %}
    {% if config.get('unique_key') is not none %}{{ return(True) }}{% endif %}
    {{ return(config.get('incremental_strategy') is not none and 'is_incremental' in model['raw_code']) }}
{% endmacro %}
{% macro external_model_location(config) %}
    {{ return(render(config.get('location') or external_location(adapter.published_relation(this), config)) | trim) }}
{% endmacro %}
{% macro external_model_options(location, config) %}
    {%- set options = render_write_options(config) -%}
    {%- set format = config.get('format') -%}
    {%- set ending = location.split('.')[-1] | lower if '.' in location.split('/')[-1] else none -%}
    {%- if format is none -%}{%- set format = ending if ending in ['parquet', 'csv', 'json'] else 'parquet' -%}{%- endif -%}
    {%- if format not in ['default', 'parquet', 'csv', 'json'] and config.get('plugin', 'native') == 'native' -%}
        {%- do exceptions.raise_compiler_error("An external model is 'parquet', 'csv' or 'json', not '" ~ format ~ "'") -%}
    {%- endif -%}
    {%- if 'format' not in options -%}{%- do options.update({'format': format}) -%}{%- endif -%}
    {%- if options.format == 'csv' and 'header' not in options -%}{%- do options.update({'header': '1'}) -%}{%- endif -%}
    {%- if options.format == 'csv' and 'delimiter' not in options -%}{%- do options.update({'delimiter': "'" ~ config.get('delimiter', ',') ~ "'"}) -%}{%- endif -%}
    {{ return(options) }}
{% endmacro %}
{% macro is_external_continued() %}
    {% if should_full_refresh() or not is_incremental_external(config) %}{{ return(False) }}{% endif %}
    {% set location = external_model_location(config) %}
    {{ return(adapter.location_exists(adapter.external_read_location(location, external_model_options(location, config)))) }}
{% endmacro %}

{# The columns by which the files of a model are kept apart. #}
{% macro external_partitions(options) %}
    {% set names = [] %}
    {% for name in ((options.get('partition_by') or '') | string).strip('()').split(',') if name | trim %}{% do names.append(name | trim) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# Old rows whose keys come again are left out, and the new ones follow; of a folder only the parts that change are written. #}
{% macro external_merge(old, new, unique_key, partitions, columns) %}
    {%- set keys = [unique_key] if unique_key is string else unique_key or [] -%}
    select {{ columns }} from {{ old }} as DBT_INTERNAL_OLD
    where true
    {%- if partitions %} and {{ external_is_touched(old, new, keys, partitions) }}{% endif %}
    {%- if keys %} and not exists (
        select 1 from {{ new }} as DBT_INTERNAL_NEW where {% for key in keys %}DBT_INTERNAL_NEW.{{ key }} = DBT_INTERNAL_OLD.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    ){% endif %}
{% endmacro %}
{% macro external_is_touched(old, new, keys, partitions) %}
    exists (
        select 1 from (
            select distinct {% for name in partitions %}{{ name }}::varchar as {{ name }}{{ ', ' if not loop.last }}{% endfor %} from {{ new }}
            {%- if keys %} union select distinct {% for name in partitions %}{{ name }}::varchar{{ ', ' if not loop.last }}{% endfor %} from {{ old }} as DBT_INTERNAL_KNOWN
            where exists (select 1 from {{ new }} as DBT_INTERNAL_NEW where {% for key in keys %}DBT_INTERNAL_NEW.{{ key }} = DBT_INTERNAL_KNOWN.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}){% endif %}
        ) as DBT_INTERNAL_TOUCHED where {% for name in partitions %}DBT_INTERNAL_TOUCHED.{{ name }} is not distinct from DBT_INTERNAL_OLD.{{ name }}::varchar{{ ' and ' if not loop.last }}{% endfor %}
    )
{% endmacro %}
{% macro external_columns(old, new, on_schema_change) %}
    {%- set known = adapter.get_column_schema_from_query('select * from ' ~ old) -%}
    {%- set given = adapter.get_columns_in_relation(new) -%}
    {%- set added = diff_columns(given, known) -%}{%- set removed = diff_columns(known, given) -%}
    {%- if on_schema_change == 'fail' and (added or removed) -%}
        {%- do exceptions.raise_compiler_error("the query's columns are no longer those of the files that it adds to: only in the query " ~ added | map(attribute='name') | join(', ') ~ "; only in the files " ~ removed | map(attribute='name') | join(', ') ~ ". Run it with --full-refresh, or set on_schema_change to append_new_columns or sync_all_columns.") -%}
    {%- endif -%}
    {%- set kept = [] -%}
    {%- for column in known -%}{%- if on_schema_change != 'sync_all_columns' or column not in removed -%}{%- do kept.append(column.quoted) -%}{%- endif -%}{%- endfor -%}
    {%- set names = [] -%}
    {%- for column in (known if on_schema_change == 'ignore' else given) -%}{%- do names.append(column.quoted) -%}{%- endfor -%}
    {{ return({'kept': kept | join(', '), 'given': names | join(', ')}) }}
{% endmacro %}

{% materialization external, adapter="duckdb", supported_languages=['sql'] %}
    {% set view = this.incorporate(type='view') %}
    {% set old = load_cached_relation(this) %}
    {% set new_rows = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_ext_tmp') %}
    {% set files = pintail__files_of_model() %}
    {% do pintail__open(leftovers=[new_rows]) %}
    {% call statement('create_table') %}{{ create_table_as(False, new_rows, compiled_code) }}{% endcall %}
    {% set query = pintail__write_files(files, new_rows) %}
    {% if old is not none and old.type != 'view' %}{% do drop_relation_if_exists(old) %}{% endif %}
    {% call statement('main') %}create or replace view {{ view }} as ( {{ query }} );{% endcall %}
    {% do drop_relation_if_exists(new_rows) %}
    {{ return(pintail__close(view, old, hooks_come_first=True)) }}
{% endmaterialization %}

{# Where the model's files are, how they are written and read, and whether rows are added to those that are there. #}
{% macro pintail__files_of_model() %}
    {% set location = external_model_location(config) %}
    {% set options = external_model_options(location, config) %}
    {% set continues = is_external_continued() %}
    {% set strategy = config.get('incremental_strategy') or ('delete+insert' if config.get('unique_key') else 'append') %}
    {% if continues and strategy not in ['append', 'delete+insert', 'merge'] %}
        {% do exceptions.raise_compiler_error("Files are added to by append, delete+insert or merge, not by '" ~ strategy ~ "'") %}
    {% endif %}
    {{ return({
        'location': location,
        'options': options,
        'partitions': external_partitions(options),
        'source': adapter.external_read_location(location, options),
        'continues': continues,
        'unique_key': config.get('unique_key') if strategy != 'append' else none,
    }) }}
{% endmacro %}

{# Writes the rows into the model's files and gives the query that reads them. #}
{% macro pintail__write_files(files, new_rows) %}
    {% set columns = adapter.get_columns_in_relation(new_rows) | map(attribute='quoted') | list %}
    {% set is_empty = run_query('select count(*) from ' ~ new_rows).rows[0][0] == 0 %}
    {# An empty answer would leave Parquet files without a row, which cannot be read by partition: a row of NULLs stands in. #}
    {% set stands_in = is_empty and not files.continues %}
    {% set condition = ' where ' ~ columns | join(' is not null and ') ~ ' is not null' if stands_in else '' %}
    {% set query = 'select * from ' ~ files.source ~ condition %}
    {% if stands_in %}
        {% call statement() %}insert into {{ new_rows }} select {{ (['null'] * columns | length) | join(', ') }}{% endcall %}
    {% elif is_empty %}
        {% if adapter.is_staged(this) %}{% do adapter.external_draft(files.location) %}{% do adapter.publish_external(files.location, query) %}{% endif %}
        {{ return(query) }}
    {% endif %}
    {% if config.get('plugin', 'native') != 'native' %}
        {% do store_relation(config.get('plugin'), new_rows, files.location, files.options.format, config) %}
        {{ return(query) }}
    {% endif %}
    {% set options = files.options %}
    {% set replaces = not files.partitions or is_incremental_external(config) or 'overwrite' in options or 'overwrite_or_ignore' in options or 'append' in options %}
    {% set keeps = files.partitions | length > 0 if files.continues else (options.get('append') is not none or options.get('overwrite_or_ignore') is not none) %}
    {% set draft = adapter.external_draft(files.location, replaces) %}
    {% set addition = pintail__addition(files, new_rows) if files.continues else {'rows': new_rows, 'dropped': []} %}
    {% do write_to_file(addition.rows, draft, adapter.external_write_options(files.location, options)) %}
    {% do adapter.publish_external(files.location, query, keeps=keeps, dropped=addition.dropped) %}
    {{ return('select * from ' ~ adapter.external_read_location(draft, options) ~ condition if adapter.is_staged(this) else query) }}
{% endmacro %}

{# What is written when rows are added: all rows in one file, or the parts that change; and the parts that these replace. #}
{% macro pintail__addition(files, new_rows) %}
    {% set keys = files.unique_key %}
    {% set columns = external_columns(files.source, new_rows, config.get('on_schema_change') or 'ignore') %}
    {% set given = 'select ' ~ columns.given ~ ' from ' ~ new_rows %}
    {% if files.partitions %}{% do files.options.update({'filename_pattern': "'data_{uuid}'"}) %}{% endif %}
    {% if files.partitions and not keys %}{{ return({'rows': '(' ~ given ~ ')', 'dropped': []}) }}{% endif %}
    {% set kept = external_merge(files.source, new_rows, keys, files.partitions, columns.kept) %}
    {% set dropped = [] %}
    {% if files.partitions %}
        {% set old_files = files.source[:-1] ~ ', filename = true) as DBT_INTERNAL_OLD' %}
        {% set is_touched = external_is_touched(files.source, new_rows, [keys] if keys is string else keys, files.partitions) %}
        {% set dropped = run_query('select distinct filename from ' ~ old_files ~ ' where ' ~ is_touched).columns[0].values() %}
    {% endif %}
    {{ return({'rows': '(' ~ kept ~ ' union all by name ' ~ given ~ ')', 'dropped': dropped}) }}
{% endmacro %}
