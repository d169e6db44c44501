{# Functions where DuckDB's differ. #}

{% macro duckdb__any_value(expression) -%}arbitrary({{ expression }}){%- endmacro %}
{% macro duckdb__date(year, month, day) -%}make_date({{ year }}, {{ month }}, {{ day }}){%- endmacro %}
{# Compiled SQL is compared with dbt's word for word: where there are blanks in what these two answer, dbt has some too. #}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
    {% set unit = datepart | lower -%}
    {%- set units = {'quarter': [3, 'month'], 'week': [7, 'day']} -%}
    {%- set steps = 'cast(' ~ interval ~ ' as bigint)' -%}
    {%- if unit in units -%}{%- set steps = '(' ~ steps ~ ' * ' ~ units[unit][0] ~ ')' -%}{%- endif -%}
    ({{ from_date_or_timestamp }} + {{ steps }} * interval 1 {{ units[unit][1] if unit in units else unit }})
{%- endmacro %}
{# A week ends where the day of the week begins anew; of two days, that which comes first tells whether one is to be added. #}
{% macro duckdb__datediff(first_date, second_date, datepart) -%}
    {% if datepart == 'week' %}
        {%- set day = "date_part('dow', (" -%}
        {%- set is_forward = 'case when ' ~ first_date ~ ' <= ' ~ second_date ~ ' then ' %}
        ({{ datediff(first_date, second_date, 'day') }} // 7 + case
            when {{ day ~ first_date }})::timestamp) <= {{ day ~ second_date }})::timestamp) then
                {{ is_forward }}0 else -1 end
            else
                {{ is_forward }}1 else 0 end
        end)
    {% else %}
        (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp ))
    {% endif %}
{%- endmacro %}
{% macro duckdb__last_day(date, datepart) -%}
    {%- if datepart != 'quarter' -%}{{ return(dbt.default_last_day(date, datepart)) }}{%- endif -%}
    {#- Compiled SQL is compared with dbt's word for word: the next line is part of it. -#}
    -- duckdb dateadd does not support quarter interval.
    {{ pintail__day_before(dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }}
{%- endmacro %}
{% macro duckdb__generate_series(upper_bound) %}
    select generate_series as generated_number from generate_series(1, {{ upper_bound }})
{% endmacro %}
{% macro duckdb__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {% if limit_num -%}
    list_aggr( (array_agg( {{ measure }}{{ ' ' ~ order_by_clause if order_by_clause }} ))[1:{{ limit_num }}], 'string_agg', {{ delimiter_text }} )
    {%- else %}
    string_agg( {{ measure }}, {{ delimiter_text }}{{ ' ' ~ order_by_clause if order_by_clause }} )
    {%- endif %}
{%- endmacro %}
{% macro duckdb__split_part(string_text, delimiter_text, part_number) %}
    string_split({{ string_text }}, {{ delimiter_text }})[ {{ part_number }} ]
{% endmacro %}
