{# Unit tests: given rows in, expected rows out. #}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}{{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{%- set names = expected_column_names | join(', ') -%}
{%- set side = adapter.quote('actual_or_expected') -%}
-- Build actual result given inputs
with dbt_internal_unit_test_actual as (
    select {{ names }}, {{ dbt.string_literal('actual') }} as {{ side }}
    from (
        {{ main_sql }}
    ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
    select {{ names }}, {{ dbt.string_literal('expected') }} as {{ side }}
    from (
        {{ expected_fixture_sql }}
    ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual union all select * from dbt_internal_unit_test_expected
{%- endmacro %}

{# A literal row list as a query; columns that a row leaves out are NULL of the model's own type. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {% set types = column_name_to_data_types or {} %}
    {% set quoted = {} %}
    {% for column in ([] if types else pintail__fixture_columns()) %}
        {% do types.update({column.name | lower: column.data_type}) %}
        {% do quoted.update({column.name | lower: column.quoted}) %}
    {% endfor %}
    {% set absent = {} %}
    {% for name, type in types.items() %}{% do absent.update({name: dbt.safe_cast('null', type | trim) | trim}) %}{% endfor %}
    {% do validate_fixture_rows(rows, 0) %}
    {% set queries = [] %}
    {% for row in rows %}
        {% set whole = absent.copy() %}
        {% do whole.update(format_row(row, types)) %}
        {% do queries.append(pintail__row_query(whole, quoted)) %}
    {% endfor %}
-- Fixture for {{ model.name }}
{{ queries | join('\nunion all\n') if queries else pintail__row_query(absent, quoted) ~ '\nlimit 0' }}
{% endmacro %}
{# The columns of the table that a fixture stands for, or of the one that is deferred to. #}
{% macro pintail__fixture_columns() %}
    {% set source = load_relation(this) or (load_relation(defer_relation) if defer_relation is defined and defer_relation) %}
    {% if not source %}
        {% do exceptions.raise_compiler_error("The types of " ~ this ~ " are not known: it must exist before its fixture can be made. Build it first (--empty is enough), or give the fixture as sql") %}
    {% endif %}
    {{ return(adapter.get_columns_in_relation(source)) }}
{% endmacro %}
{% macro pintail__row_query(values, quoted) %}select {% for name, value in values.items() %}{{ value }} as {{ quoted.get(name, name) }}{{ ', ' if not loop.last }}{% endfor %}{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {% set queries = [] %}
    {% for row in rows %}
        {% do queries.append(pintail__row_query(format_row(row, column_name_to_data_types), column_name_to_quoted)) %}
    {% endfor %}
{{ queries | join('\nunion all\n') if queries else 'select * from dbt_internal_unit_test_actual limit 0' }}
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
    {% set types = {} %}
    {% set quoted = {} %}
    {% for column in get_column_schema_from_query(sql) %}
        {% do types.update({column.name | lower: column.dtype}) %}
        {% do quoted.update({column.name | lower: column.quoted}) %}
    {% endfor %}
    {% set rows = config.get('expected_rows') or [] %}
    {% set compared = [] %}
    {% for name in (rows[0] if rows else types) %}{% do compared.append(quoted.get(name | lower, name)) %}{% endfor %}
    {% set expected = config.get('expected_sql') or get_expected_sql(rows, types, quoted) %}
    {% call statement('main', fetch_result=True) %}{{ get_unit_test_sql(sql, expected, compared) }}{% endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}
