{# Tables and table functions in DuckDB. #}

{% macro run_hooks(hooks, inside_transaction=True) %}
    {% set due = hooks | selectattr('transaction', 'equalto', inside_transaction) | list %}
    {% if due and not inside_transaction %}{% do adapter.commit_if_open() %}{% endif %}
    {% for hook in due %}
        {% set text = render(hook.sql) | trim %}
        {% if text %}{% call statement(auto_begin=inside_transaction) %}{{ text }}{% endcall %}{% endif %}
    {% endfor %}
{% endmacro %}

{% materialization table, adapter="duckdb", supported_languages=['sql'] %}
    {% set names = pintail__exchange_of('table') %}
    {% do pintail__open(leftovers=[names.draft, names.aside]) %}
    {% call statement('main', language=model.language) %}{{ create_table_as(False, names.draft, compiled_code, model.language) }}{% endcall %}
    {% do pintail__exchange(names) %}
    {% do create_indexes(names.relation) %}
    {{ return(pintail__close(names.relation, names.old, hooks_come_first=True, spent=[names.aside])) }}
{% endmaterialization %}

{% materialization table_function, adapter='duckdb' %}
    {% set function = this.incorporate(type='view') %}
    {% set parameters = normalize_string_or_list(config.get('parameters'), 'parameters') %}
    {% do pintail__open() %}
    {% call statement('main') %}
        create or replace function {{ function.render() }}({{ parameters | join(', ') }}) as table (
            {{ sql }}
        );
    {% endcall %}
    {{ return(pintail__close(function, none, hooks_come_first=True)) }}
{% endmaterialization %}
