import Jinja
import Testing

/// What those who embed templates rely on.
struct FaceTests {
    private static var dbt: Environment.Options {
        var options = Environment.Options()
        options.hasNativeFilters = true
        options.bindsMacros = false
        options.blockTags = [
            BlockTag("test", .parameters), BlockTag("materialization", .options), BlockTag("docs"),
            BlockTag("snapshot"),
        ]
        return options
    }

    @Test func `blanks beyond ASCII part the words of a tag, as in Python`() throws {
        let text = "{{\u{A0}1\u{2003}+ 2 }}{%\u{3000}if\u{A0}true %}x{% endif %}"
        #expect(try Template(text, in: Environment()).render(in: [:] as [String: Value]) == "3x")
    }

    @Test func `what a macro can call is known without calling it`() throws {
        let text = """
            {% macro outer(x) %}{% if x %}{{ helper(1) }}{% endif %}{{ other.tool() }}
              {{ adapter.dispatch('inner', 'kit')(x) }}{{ adapter.dispatch(macro_name='plain')() }}{{ helper() }}{% endmacro %}
            {% macro next() %}{{ last() }}{% endmacro %}
            """
        let callees = try Template(text, in: Environment(Self.dbt)).definitions[0].callees
        #expect(
            Set(callees) == [
                .name("helper"), .member("other", "tool"), .dispatch("inner", namespace: "kit"),
                .dispatch("plain", namespace: nil),
            ]
        )
    }

    @Test func `definitions tell name, kind, parameters and text`() throws {
        let text = """
            {% macro cents(column, scale: int = 2, names: dict[str, list[str]] = none) -%}
              {{ column }}
            {%- endmacro %}
            {% test positive(model, column_name) %}select 1{% endtest %}
            {% materialization table2, adapter='duckdb', supported_languages=['sql', 'python'] %}x{% endmaterialization %}
            {% docs orders %}All *orders*.{% enddocs %}
            {% snapshot s %}select 2{% endsnapshot %}
            """
        let definitions = try Template(text, in: Environment(Self.dbt)).definitions
        #expect(definitions.map(\.kind) == ["macro", "test", "materialization", "docs", "snapshot"])
        #expect(definitions.map(\.name) == ["cents", "positive", "table2", "orders", "s"])
        #expect(definitions[0].parameters.map(\.name) == ["column", "scale", "names"])
        #expect(definitions[0].parameters.map(\.fallback) == [nil, "2", "none"])
        #expect(definitions[0].parameters.map(\.annotation?.text) == [nil, "int", "dict[str, list[str]]"])
        #expect(definitions[2].options.map(\.name) == ["adapter", "supported_languages"])
        #expect(definitions[2].options[0].value?.asString == "duckdb")
        #expect(definitions[3].bodyText == "All *orders*.")
        #expect(definitions[4].text == "{% snapshot s %}select 2{% endsnapshot %}")
        #expect(definitions[0].location.line == 1)
    }

    @Test func `macros are found late, call each other and return any value`() throws {
        final class Project: Globals {
            var macros: [String: Definition] = [:]
            func value(named name: String) -> Value? {
                if name == "return" {
                    return .function("return") { arguments, interpreter in
                        throw interpreter.returning(arguments[0, "data"] ?? .none)
                    }
                }
                return macros[name].map { .object(Macro($0, self)) }
            }
        }
        let environment = Environment(Self.dbt)
        let project = Project()
        let text = """
            {% macro columns() %}ignored {% for i in [1] %}{{ return(['a', twice('b')]) }}{% endfor %}{% endmacro %}
            {% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}
            """
        for definition in try Template(text, in: environment).definitions {
            project.macros[definition.name] = definition
        }
        let template = try Template(
            "{{ columns() }}{{ columns()[1] }}{% set x %}{{ columns()|length }}{% endset %}{{ x }}",
            in: environment
        )
        #expect(try template.render(in: project) == "['a', 'bb']bb2")
        let interpreter = Interpreter(environment)
        let columns = try #require(project.value(named: "columns"))
        #expect(try interpreter.call(columns, Arguments()).repr == "['a', 'bb']")
    }

    @Test func `a macro that a template defines is not found where callers find all of them`() throws {
        let template = try Template("{% macro m() %}{% endmacro %}{{ m() }}", in: Environment(Self.dbt))
        #expect(throws: TemplateError.self) { try template.render(in: [String: Value]()) }
    }

    @Test(arguments: [
        ("{{ x }}", "5"), ("{{ x }}{{ x }}", "'55'"), ("{{ 'a' }}", "'a'"), ("{{ '5'|as_number }}", "5"),
        ("{{ 'True'|as_bool }}", "True"), ("{{ '[1, {2: None}]'|as_native }}", "[1, {2: None}]"),
        ("{{ '5'|as_text }}", "'5'"), ("text", "'text'"), ("", "''"), ("{{ [1] }}", "'[1]'"),
        ("{{ [1, x] }}", "[1, 5]"), ("{{ 1 + 1 }}", "'2'"),
        ("{{ 5 if x else 6 }}", "5"), ("{{ x + 1 }}", "6"), ("{{ x ~ 1 }}", "'51'"), ("{{ ' 5 '|as_number }}", "5"),
        ("{{ '1+2'|as_native }}", "'1+2'"), ("{{ '1,2'|as_native }}", "(1, 2)"),
        ("{{ 'true'|as_native }}", "'true'"), ("{% if x %}{{ x }}{% endif %}", "5"), ("{{ none }}", "'None'"),
        ("{% set y %}5{% endset %}{{ y }}", "'5'"), ("a {{ x|as_native }}", "'a 5'"),
        ("{{ '(1,)'|as_native }}", "(1,)"),
    ])
    func `a native rendering gives values`(_ text: String, _ expected: String) throws {
        let template = try Template(text, in: Environment(Self.dbt))
        #expect(try template.renderNative(in: ["x": 5] as [String: Value]).repr == expected)
    }

    @Test(arguments: ["{{ 'x'|as_bool }}", "{{ '1'|as_bool }}", "{{ 'x'|as_number }}", "{{ 'True'|as_number }}"])
    func `a native filter refuses what is not of its kind`(_ text: String) throws {
        let template = try Template(text, in: Environment(Self.dbt))
        #expect(throws: TemplateError.self) { try template.renderNative(in: [String: Value]()) }
    }

    @Test func `what a template refers to is known without rendering it`() throws {
        let text =
            "{{ config(materialized='table', tags=['a']) }} select * from {{ ref('orders') }} join {{ source('raw', 'x') }}"
        let template = try Template(text, in: Environment(Self.dbt))
        #expect(template.onlyCalls(["ref", "source", "config"]))
        let calls = template.calls(of: ["ref", "source", "config"])
        #expect(calls.map(\.name) == ["config", "ref", "source"])
        #expect(calls[1].arguments?.positional.first?.asString == "orders")
        #expect(try calls[0].arguments?.named("tags")?.repr == "['a']")
        #expect(template.globalNames == ["config", "ref", "source"])
        let dynamic = try Template("{% for t in ts %}{{ ref(t) }}{% endfor %}", in: Environment(Self.dbt))
        #expect(!dynamic.onlyCalls(["ref"]))
        #expect(dynamic.calls(of: ["ref"]).first?.arguments == nil)
    }

    @Test func `undefined names propagate where macros are not known yet`() throws {
        var options = Self.dbt
        options.undefined = .propagating
        let template = try Template("[{{ dbt_utils.star(from=ref('x')).y['z'] }}]", in: Environment(options))
        #expect(try template.render(in: [String: Value]()) == "[]")
    }
}
