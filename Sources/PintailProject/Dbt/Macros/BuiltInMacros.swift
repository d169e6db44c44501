import Jinja

/// The macros that come with Pintail.
enum BuiltInMacros {
    /// Every built-in macro, read once for each process.
    static let all: [MacroEntry] = sources.flatMap { source -> [MacroEntry] in
        do {
            return try MacroFile.macros(in: source.text, path: source.path, shownAs: source.path, package: "dbt")
        } catch {
            preconditionFailure("the built-in macros of \(source.path) cannot be read: \(error)")
        }
    }

    private static let sources: [(path: String, text: String)] = [("macros/tests.sql", tests)]

    private static let tests = """
        {% test unique(model, column_name) %}
        select {{ column_name }} as unique_field, count(*) as n_records
        from {{ model }}
        where {{ column_name }} is not null
        group by {{ column_name }}
        having count(*) > 1
        {% endtest %}

        {% test not_null(model, column_name) %}
        select {{ column_name }} from {{ model }} where {{ column_name }} is null
        {% endtest %}

        {% test accepted_values(model, column_name, values, quote=True) %}
        select {{ column_name }} as value_field, count(*) as n_records
        from {{ model }}
        where {{ column_name }} not in (
        {%- for value in values %}{{ "'" ~ value ~ "'" if quote else value }}{{ ", " if not loop.last }}{% endfor -%}
        )
        group by {{ column_name }}
        {% endtest %}

        {% test relationships(model, column_name, to, field) %}
        select child.{{ column_name }} as from_field
        from {{ model }} as child
        left join {{ to }} as parent on child.{{ column_name }} = parent.{{ field }}
        where child.{{ column_name }} is not null and parent.{{ field }} is null
        {% endtest %}

        {% macro get_where_subquery(relation) %}
        {%- set where = config.get('where', '') -%}
        {%- if where -%}(select * from {{ relation }} where {{ where }}) dbt_subquery
        {%- else -%}{%- do return(relation) -%}{%- endif -%}
        {% endmacro %}
        """
}
