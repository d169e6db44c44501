{# Aggregates, arrays and set operations. #}

{% macro any_value(expression) %}{{ return(adapter.dispatch('any_value', 'dbt')(expression)) }}{% endmacro %}
{% macro default__any_value(expression) -%}any_value({{ expression }}){%- endmacro %}

{% macro bool_or(expression) %}{{ return(adapter.dispatch('bool_or', 'dbt')(expression)) }}{% endmacro %}
{% macro default__bool_or(expression) -%}bool_or({{ expression }}){%- endmacro %}

{% macro except() %}{{ return(adapter.dispatch('except', 'dbt')()) }}{% endmacro %}
{% macro default__except() %} except {% endmacro %}

{% macro intersect() %}{{ return(adapter.dispatch('intersect', 'dbt')()) }}{% endmacro %}
{% macro default__intersect() %} intersect {% endmacro %}

{% macro array_construct(inputs=[], data_type=api.Column.translate_type('integer')) %}{{ return(adapter.dispatch('array_construct', 'dbt')(inputs, data_type)) }}{% endmacro %}
{% macro default__array_construct(inputs, data_type) %}
    {{ 'array[ ' ~ inputs | join(' , ') ~ ' ]' if inputs else 'array[]::' ~ data_type ~ '[]' }}
{% endmacro %}

{% macro array_append(array, new_element) %}{{ return(adapter.dispatch('array_append', 'dbt')(array, new_element)) }}{% endmacro %}
{% macro default__array_append(array, new_element) -%}array_append({{ array }}, {{ new_element }}){%- endmacro %}

{% macro array_concat(array_1, array_2) %}{{ return(adapter.dispatch('array_concat', 'dbt')(array_1, array_2)) }}{% endmacro %}
{% macro default__array_concat(array_1, array_2) -%}array_cat({{ array_1 }}, {{ array_2 }}){%- endmacro %}

{% macro get_powers_of_two(upper_bound) %}{{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}{% endmacro %}
{% macro default__get_powers_of_two(upper_bound) %}
    {% if upper_bound <= 0 %}{{ exceptions.raise_compiler_error("a series needs a number above 0 to end at, not " ~ upper_bound) }}{% endif %}
    {% set bits = namespace(count=1) %}
    {% for power in range(1, 100) if 2 ** power < upper_bound %}{% set bits.count = power + 1 %}{% endfor %}
    {{ return(bits.count) }}
{% endmacro %}

{% macro generate_series(upper_bound) %}{{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}{% endmacro %}
{% macro default__generate_series(upper_bound) %}
    {% set powers = dbt.get_powers_of_two(upper_bound) %}
    with bits as (select 0 as bit union all select 1),
    numbers as (
        select
            {% for power in range(powers) %}b{{ power }}.bit * {{ 2 ** power }}{{ ' + ' if not loop.last }}{% endfor %} + 1
            as generated_number
        from {% for power in range(powers) %}bits as b{{ power }}{{ ' cross join ' if not loop.last }}{% endfor %}
    )
    select * from numbers where generated_number <= {{ upper_bound }} order by generated_number
{% endmacro %}
