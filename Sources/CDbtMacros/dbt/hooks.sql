{# Hooks and the choices that materializations share. #}

{% macro run_hooks(hooks, inside_transaction=True) %}
    {% for hook in hooks if hook.transaction == inside_transaction %}
        {% if not inside_transaction and loop.first %}{% call statement(auto_begin=inside_transaction) %} commit; {% endcall %}{% endif %}
        {% set text = render(hook.get('sql')) | trim %}
        {% if text %}{% call statement(auto_begin=inside_transaction) %}{{ text }}{% endcall %}{% endif %}
    {% endfor %}
{% endmacro %}

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
    {% if not execute %}{{ return(False) }}{% endif %}
    {% if model.config.materialized == 'external' %}{{ return(is_external_continued()) }}{% endif %}
    {% set relation = adapter.get_relation(this.database, this.schema, this.table) %}
    {{ return(relation is not none and relation.type == 'table'
        and model.config.materialized == 'incremental' and not should_full_refresh()) }}
{% endmacro %}
