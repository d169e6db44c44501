{# The merge strategy with its options. #}

{% macro validate_string_field(field_value, field_name, errors) %}
    {% if field_value is not none and field_value is not string %}{% do errors.append(field_name ~ ' is a text') %}{% endif %}
{% endmacro %}
{% macro validate_string_list_field(field_value, field_name, errors) %}
    {% if field_value is not none %}
        {% if field_value is string or field_value is mapping or field_value is not iterable %}
            {% do errors.append(field_name ~ ' is a list of texts') %}
        {% elif field_value | reject('string') | list %}
            {% do errors.append(field_name ~ ' holds nothing but texts') %}
        {% endif %}
    {% endif %}
{% endmacro %}
{% macro validate_dict_field(field_value, field_name, errors) %}
    {% if field_value is not none and field_value is not mapping %}{% do errors.append(field_name ~ ' is a dictionary') %}{% endif %}
{% endmacro %}

{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) %}
    {% set actions = ['update', 'delete', 'do_nothing', 'error'] if clause_type == 'when_matched'
        else (['insert', 'do_nothing', 'error'] if clause_type == 'when_not_matched' else ['update', 'delete', 'do_nothing', 'error']) %}
    {% set clauses = merge_clauses.get(clause_type) %}
    {% if clauses is not none %}
        {% if clauses is string or clauses is mapping or clauses is not iterable %}
            {% do errors.append('merge_clauses.' ~ clause_type ~ ' is a list') %}
        {% else %}
            {% for clause in clauses %}
                {% if clause is not mapping or clause.get('action') not in actions %}
                    {% do errors.append('merge_clauses.' ~ clause_type ~ '[' ~ loop.index0 ~ '].action is one of ' ~ actions | join(', ')) %}
                {% elif clause.get('mode') is not none and clause.get('mode') not in ['by_name', 'by_position', 'star', 'explicit'] %}
                    {% do errors.append('merge_clauses.' ~ clause_type ~ '[' ~ loop.index0 ~ '].mode is one of by_name, by_position, star, explicit') %}
                {% endif %}
            {% endfor %}
        {% endif %}
    {% endif %}
{% endmacro %}

{% macro validate_merge_clauses(config, base_configuration_fields, errors) %}
    {% set clauses = config.get('merge_clauses') %}
    {% if clauses is not none %}
        {% if clauses is not mapping %}
            {% do errors.append('merge_clauses is a dictionary') %}
        {% else %}
            {% for field in base_configuration_fields if config.get(field) %}
                {% do errors.append('merge_clauses and ' ~ field ~ ' cannot both be given') %}
            {% endfor %}
            {% if not (clauses.get('when_matched') or clauses.get('when_not_matched') or clauses.get('when_not_matched_by_source')) %}
                {% do errors.append('merge_clauses has when_matched, when_not_matched or when_not_matched_by_source') %}
            {% endif %}
            {% for type in ['when_matched', 'when_not_matched', 'when_not_matched_by_source'] %}{% do validate_merge_clause_list(clauses, type, errors) %}{% endfor %}
        {% endif %}
    {% endif %}
{% endmacro %}

{% macro validate_ducklake_restrictions(config, target_relation, errors) %}
    {% if target_relation is not none and adapter.is_ducklake(target_relation) and config.get('merge_clauses') is mapping %}
        {% set changing = config.get('merge_clauses').get('when_matched') or [] %}
        {% if changing | length > 1 %}{% do errors.append('DuckLake takes a single when_matched clause') %}{% endif %}
    {% endif %}
{% endmacro %}

{% macro validate_merge_config(config, target_relation=none) %}
    {% set errors = [] %}
    {% set fields = ['merge_update_condition', 'merge_insert_condition', 'merge_update_columns', 'merge_exclude_columns', 'merge_update_set_expressions'] %}
    {% for field in ['merge_update_condition', 'merge_insert_condition'] %}{% do validate_string_field(config.get(field), field, errors) %}{% endfor %}
    {% for field in ['merge_update_columns', 'merge_exclude_columns', 'merge_on_using_columns', 'merge_returning_columns'] %}{% do validate_string_list_field(config.get(field), field, errors) %}{% endfor %}
    {% do validate_dict_field(config.get('merge_update_set_expressions'), 'merge_update_set_expressions', errors) %}
    {% do validate_merge_clauses(config, fields, errors) %}
    {% do validate_ducklake_restrictions(config, target_relation, errors) %}
    {% if errors %}{% do exceptions.raise_compiler_error('the merge cannot be configured so:\n  - ' ~ errors | join('\n  - ')) %}{% endif %}
{% endmacro %}

{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}) %}
    {{ return({
        'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
        'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'},
        'when_matched_update_explicit': {
            'action': 'update', 'condition': merge_update_condition, 'mode': 'explicit',
            'update': {'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions},
        },
    }) }}
{% endmacro %}

{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) %}
    {%- if merge_on_using_columns -%}
        using ({{ merge_on_using_columns | join(', ') }})
    {%- else -%}
        {%- set conditions = [] -%}
        {%- for condition in incremental_predicates or [] -%}{%- do conditions.append('(' ~ condition ~ ')') -%}{%- endfor -%}
        {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
            {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
        {%- endfor -%}
        on {{ conditions | join(' and ') if conditions else 'false' }}
    {%- endif -%}
{% endmacro %}

{% macro duckdb__get_incremental_merge_sql(args_dict) %}
    {% do validate_merge_config(config, args_dict['target_relation']) %}
    {{ return(get_merge_sql(*pintail__keyed(args_dict))) }}
{% endmacro %}

{# One `when …` line. #}
{% macro duckdb__merge_clause(opening, clause, dest_columns) %}
    {%- set mode = clause.get('mode', 'by_name') -%}
    when {{ opening }}{{ ' and ' ~ clause.condition if clause.get('condition') }} then
    {%- if clause.action == 'update' and mode == 'explicit' %}
        {%- set update = clause.get('update', {}) -%}
        {%- set special = update.get('set_expressions') or {} -%}
        {%- set own = special.keys() | map('lower') | list -%}
        {%- set assignments = [] -%}
        {%- for name in get_merge_update_columns(update.get('include'), update.get('exclude'), dest_columns) if name | lower | replace('"', '') not in own -%}
            {%- do assignments.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
        {%- endfor -%}
        {%- for name, expression in special.items() -%}{%- do assignments.append(adapter.quote(name) ~ ' = ' ~ expression) -%}{%- endfor %}
        update set {{ assignments | join(', ') }}
    {%- elif clause.action == 'update' and mode == 'by_name' %} update by name
    {%- elif clause.action == 'update' and mode == 'by_position' %} update by position
    {%- elif clause.action == 'update' %} update set *
    {%- elif clause.action == 'insert' and mode == 'explicit' %}
        {%- set insert = clause.get('insert', {}) -%}
        {%- set names = insert.get('columns') or dest_columns | map(attribute='quoted') | list -%}
        {%- set values = insert.get('values') -%}
        insert ({{ names | join(', ') }}) values (
            {%- if values -%}{{ values | join(', ') }}
            {%- else -%}{% for name in names %}DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{% endfor %}{%- endif -%})
    {%- elif clause.action == 'insert' and mode == 'by_name' %} insert by name
    {%- elif clause.action == 'insert' and mode == 'by_position' %} insert by position
    {%- elif clause.action == 'insert' %} insert *
    {%- elif clause.action == 'do_nothing' %} do nothing
    {%- elif clause.action == 'error' %} error{{ " '" ~ clause.error_message | replace("'", "''") ~ "'" if clause.get('error_message') }}
    {%- else %} {{ clause.action }}
    {%- endif %}
{% endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- set using_columns = config.get('merge_on_using_columns') or [] -%}
    {%- set columns = config.get('merge_update_columns') or [] -%}
    {%- set excluded = config.get('merge_exclude_columns') or [] -%}
    {%- set expressions = config.get('merge_update_set_expressions') or {} -%}
    {%- if columns and excluded -%}
        {%- do exceptions.raise_compiler_error('give merge_update_columns or merge_exclude_columns, not both') -%}
    {%- endif -%}
    {%- set defaults = merge_clause_defaults(config.get('merge_update_condition'), config.get('merge_insert_condition'), columns, excluded, expressions) -%}
    {%- set clauses = config.get('merge_clauses') -%}
    {%- if not clauses -%}
        {%- set update = defaults['when_matched_update_explicit' if columns or excluded or expressions else 'when_matched_update_by_name'] -%}
        {%- set clauses = {'when_matched': [update] if unique_key or using_columns else [], 'when_not_matched': [defaults['when_not_matched_insert_by_name']]} -%}
    {%- endif -%}
    {{ config.get('sql_header', none) or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        {{ duckdb__merge_join_clause(unique_key, using_columns, incremental_predicates) }}
    {% for clause in clauses.get('when_matched') or [] %}{{ duckdb__merge_clause('matched', clause, dest_columns) }}{% endfor %}
    {% for clause in clauses.get('when_not_matched') or [] %}{{ duckdb__merge_clause('not matched by ' ~ clause.by if clause.get('by') else 'not matched', clause, dest_columns) }}{% endfor %}
    {% for clause in clauses.get('when_not_matched_by_source') or [] %}{{ duckdb__merge_clause('not matched by source', clause, dest_columns) }}{% endfor %}
    {% if config.get('merge_returning_columns') %}returning {{ config.get('merge_returning_columns') | join(', ') }}{% endif %}
{%- endmacro %}
