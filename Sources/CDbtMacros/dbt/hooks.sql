{# What hooks are made of, and the choices that materializations share; hooks are run by the adapter. #}

{% macro make_hook_config(sql, inside_transaction) %}{{ tojson({"sql": sql, "transaction": inside_transaction}) }}{% endmacro %}
{% macro before_begin(sql) %}{{ make_hook_config(sql, inside_transaction=False) }}{% endmacro %}
{% macro in_transaction(sql) %}{{ make_hook_config(sql, inside_transaction=True) }}{% endmacro %}
{% macro after_commit(sql) %}{{ make_hook_config(sql, inside_transaction=False) }}{% endmacro %}

{% macro set_sql_header(config) -%}{{ config.set('sql_header', caller()) }}{%- endmacro %}

{% macro should_full_refresh() %}
    {% set wanted = config.get('full_refresh') %}
    {% do return(flags.FULL_REFRESH if wanted is none else wanted) %}
{% endmacro %}

{% macro is_incremental() %}
    {% set kind = model.config.materialized if execute else none %}
    {% if kind == 'external' %}{{ return(is_external_continued()) }}{% endif %}
    {% if kind != 'incremental' or should_full_refresh() %}{{ return(False) }}{% endif %}
    {% set old = load_cached_relation(this) %}
    {{ return(old is not none and old.type == 'table') }}
{% endmacro %}
