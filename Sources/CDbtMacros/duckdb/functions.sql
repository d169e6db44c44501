{# Functions where DuckDB's differ. #}

{% macro duckdb__any_value(expression) -%}arbitrary({{ expression }}){%- endmacro %}
{% macro duckdb__date(year, month, day) -%}make_date({{ year }}, {{ month }}, {{ day }}){%- endmacro %}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}
    ({{ from_date_or_timestamp }} + cast({{ interval }} as bigint) * interval 1 {{ datepart }})
{% endmacro %}
{% macro duckdb__datediff(first_date, second_date, datepart) -%}
    (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp ))
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
    {%- else -%}
    string_agg( {{ measure }}, {{ delimiter_text }}{{ ' ' ~ order_by_clause if order_by_clause }} )
    {%- endif %}
{%- endmacro %}
{% macro duckdb__split_part(string_text, delimiter_text, part_number) %}
    string_split({{ string_text }}, {{ delimiter_text }})[ {{ part_number }} ]
{% endmacro %}
