{# What all materializations have in common. Macros whose names begin with pintail__ are not for projects to call or replace. #}

{# Before anything is built: the hooks, and between them what an interrupted run left behind is dropped. #}
{% macro pintail__open(leftovers=[]) %}
    {% do run_hooks(pre_hooks, inside_transaction=False) %}
    {% for relation in leftovers %}{% do drop_relation_if_exists(load_cached_relation(relation)) %}{% endfor %}
    {% do run_hooks(pre_hooks, inside_transaction=True) %}
{% endmacro %}

{# After it was built: rights and descriptions, hooks, the commit, and then what is not needed any more goes.
   What it gives is what a materialization returns. #}
{% macro pintail__close(relation, old, is_rebuilt=True, hooks_come_first=False, spent=[]) %}
    {% if hooks_come_first %}{% do run_hooks(post_hooks, inside_transaction=True) %}{% endif %}
    {% do apply_grants(relation, config.get('grants'), should_revoke(old, is_rebuilt)) %}
    {% do persist_docs(relation, model) %}
    {% if not hooks_come_first %}{% do run_hooks(post_hooks, inside_transaction=True) %}{% endif %}
    {% do adapter.commit() %}
    {% for relation in spent %}{% do drop_relation_if_exists(relation) %}{% endfor %}
    {% do run_hooks(post_hooks, inside_transaction=False) %}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{# A relation that is built as a draft beside the old one, which is put aside when the draft takes its place. #}
{% macro pintail__exchange_of(type) %}
    {% set relation = this.incorporate(type=type) %}
    {% set old = load_cached_relation(this) %}
    {% set draft = make_intermediate_relation(relation) %}
    {% set aside = make_backup_relation(relation, type if old is none else old.type) %}
    {{ return({'relation': relation, 'old': old, 'draft': draft, 'aside': aside}) }}
{% endmacro %}
{% macro pintail__exchange(names) %}
    {# The old one may be gone: hooks and views that depended on other relations take some with them. #}
    {% set old = load_cached_relation(names.old) if names.old is not none else none %}
    {# DuckDB renames no table that has indexes; and while one is renamed that had them, no connection can list any.
       Such a table is dropped: the transaction brings it back if anything fails. #}
    {% if old is not none and adapter.index_names(old) %}
        {% do adapter.drop_relation(old) %}
    {% elif old is not none %}
        {% do adapter.rename_relation(old, names.aside) %}
    {% endif %}
    {% do adapter.rename_relation(names.draft, names.relation) %}
{% endmacro %}

{# Runs a query and gives all that is known of its result. #}
{% macro pintail__answer(name, query) %}
    {% call statement(name, fetch_result=True, auto_begin=False) %}{{ query }}{% endcall %}
    {{ return(load_result(name)) }}
{% endmacro %}
