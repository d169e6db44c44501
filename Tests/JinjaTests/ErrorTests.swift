import Jinja
import Testing

/// Errors say where, and through which macros.
struct ErrorTests {
    private func failure(_ text: String, name: String = "orders.sql", _ names: [String: Value] = [:]) -> TemplateError?
    {
        do throws(TemplateError) {
            _ = try Template(text, name: name, in: Environment()).render(in: names)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a mistake of syntax has line, column and excerpt`() throws {
        let error = try #require(failure("select 1\nfrom {{ ref('a' }}\n"))
        #expect(error.kind == .syntax)
        #expect(error.place?.line == 2)
        #expect(
            error.excerpt() == """
                  --> orders.sql:2:17
                   |
                 2 | from {{ ref('a' }}
                   |                 ^

                """
        )
    }

    @Test func `a caret stands under the whole expression, counted in characters`() throws {
        let error = try #require(failure("naïve ✓ {{ missing.column }}"))
        #expect(error.message == "'missing' is undefined")
        #expect(error.place?.column == 12)
        #expect(error.place?.length == 14)
    }

    @Test func `the chain of macros is told from the innermost`() throws {
        let text = """
            {% macro inner(x) %}{{ 1 / x }}{% endmacro %}
            {% macro outer(x) %}
              {{ inner(x) }}
            {% endmacro %}
            {{ outer(0) }}
            """
        let error = try #require(failure(text))
        #expect(error.kind == .zeroDivision)
        #expect(error.place?.line == 1)
        #expect(error.calls.map(\.macro) == ["inner", "outer"])
        #expect(error.calls.map(\.place?.line) == [3, 5])
    }

    @Test func `an error of the embedder is kept as the cause`() throws {
        struct Refusal: Error {}
        let refuse = Value.function("refuse") { _, _ in throw Refusal() }
        let error = try #require(failure("{{ refuse() }}", ["refuse": refuse]))
        #expect(error.kind == .raised)
        #expect(error.cause is Refusal)
        #expect(error.place?.line == 1)
    }
}
