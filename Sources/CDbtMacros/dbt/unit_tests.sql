{# Unit tests: given rows in, expected rows out. #}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}{{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{%- set names = expected_column_names | join(', ') -%}
-- Build actual result given inputs
with dbt_internal_unit_test_actual as (
    select {{ names }}, {{ dbt.string_literal("actual") }} as {{ adapter.quote("actual_or_expected") }}
    from ( {{ main_sql }} ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
    select {{ names }}, {{ dbt.string_literal("expected") }} as {{ adapter.quote("actual_or_expected") }}
    from ( {{ expected_fixture_sql }} ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{# A literal row list as a query; columns that a row leaves out are NULL of the model's own type. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {% set types = column_name_to_data_types %}
    {% set quoted = {} %}
    {% if not types %}
        {% set this_or_defer = defer_relation if not load_relation(this) and defer_relation is defined and defer_relation else load_relation(this) %}
        {% if not this_or_defer %}
            {{ exceptions.raise_compiler_error("The types of " ~ this ~ " are not known: it must exist before its fixture can be made. Build it first (--empty is enough), or give the fixture as sql") }}
        {% endif %}
        {% set types = {} %}
        {% for column in adapter.get_columns_in_relation(this_or_defer) %}
            {% do types.update({column.name | lower: column.data_type}) %}
            {% do quoted.update({column.name | lower: column.quoted}) %}
        {% endfor %}
    {% endif %}
    {% set absent = {} %}
    {% for name, type in types.items() %}{% do absent.update({name: dbt.safe_cast('null', type | trim) | trim}) %}{% endfor %}
    {% do validate_fixture_rows(rows, 0) %}
-- Fixture for {{ model.name }}
    {% for row in rows %}
        {% set given = format_row(row, types) %}
        {% set whole = absent.copy() %}{% do whole.update(given) %}
select {% for name, value in whole.items() %}{{ value }} as {{ quoted.get(name, name) }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all' if not loop.last }}
    {% endfor %}
    {% if not rows %}
select {% for name, value in absent.items() %}{{ value }} as {{ quoted.get(name, name) }}{{ ', ' if not loop.last }}{% endfor %}
limit 0
    {% endif %}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {% if not rows %}
select * from dbt_internal_unit_test_actual limit 0
    {% endif %}
    {% for row in rows %}
        {% set given = format_row(row, column_name_to_data_types) %}
select {% for name, value in given.items() %}{{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}

{% macro format_row(row, column_name_to_data_types) %}
    {% set literals = {} %}
    {% for name, value in row.items() %}
        {% set known = name | lower %}
        {% if known not in column_name_to_data_types %}
            {% do exceptions.raise_compiler_error("a row of this unit test has a column '" ~ known ~ "', which is not among " ~ column_name_to_data_types.keys() | join(', ')) %}
        {% endif %}
        {% set type = column_name_to_data_types[known] | trim %}
        {% if value is string %}
            {% set literal = dbt.string_literal(dbt.escape_single_quotes(value)) %}
            {% if type.startswith('character varying(') %}{% set type = 'character varying' %}{% endif %}
        {% elif value is none %}
            {% set literal = 'null' %}
        {% else %}
            {% set literal = value %}
        {% endif %}
        {% do literals.update({known: dbt.safe_cast(literal, type)}) %}
    {% endfor %}
    {{ return(literals) }}
{% endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}{{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}{%- endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) -%}{%- endmacro %}

{% materialization unit, default %}
    {% set relations = [] %}
    {% set wanted = config.get('expected_rows') %}
    {% set fixture_sql = config.get('expected_sql') %}
    {% set names = wanted[0].keys() | list if wanted else get_columns_in_query(sql) %}
    {% if not wanted %}{% set wanted = [] %}{% endif %}
    {% set probe_relation = make_temp_relation(this.incorporate(type='table')) %}
    {% do run_query(get_create_table_as_sql(True, probe_relation, get_empty_subquery_sql(sql))) %}
    {% set types = {} %}
    {% set quoted = {} %}
    {% for column in adapter.get_columns_in_relation(probe_relation) %}
        {% do types.update({column.name | lower: column.dtype}) %}
        {% do quoted.update({column.name | lower: column.quoted}) %}
    {% endfor %}
    {% if not fixture_sql %}{% set fixture_sql = get_expected_sql(wanted, types, quoted) %}{% endif %}
    {% set quoted_names = [] %}
    {% for name in names %}{% do quoted_names.append(quoted.get(name | lower, name)) %}{% endfor %}
    {% call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, fixture_sql, quoted_names) }}
    {%- endcall %}
    {% do adapter.drop_relation(probe_relation) %}
    {{ return({'relations': relations}) }}
{% endmaterialization %}
