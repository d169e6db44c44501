{# Seeds are read by DuckDB itself, into columns that were typed before. #}

{% macro duckdb__get_binding_char() %}{{ return('?') }}{% endmacro %}
{% macro duckdb__get_batch_size() %}{{ return(10000) }}{% endmacro %}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% if not config.get('fast', true) %}{{ return(default__load_csv_rows(model, agate_table)) }}{% endif %}
    {% set sql %}
        copy {{ this.render() }} from '{{ adapter.escape_sql_string(adapter.get_seed_file_path(model)) }}' (format csv, header true, delimiter '{{ config.get('delimiter', ',') }}')
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}
