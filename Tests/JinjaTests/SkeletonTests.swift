import Jinja
import Testing

/// What an edit leaves as it was.
@Suite struct `The skeleton of a template` {
    /// Two texts of one template, before and after an edit.
    struct Edit: CustomTestStringConvertible, Sendable {
        let before: String
        let after: String
        var testDescription: String { "\(before) -> \(after)" }

        init(_ before: String, _ after: String) { (self.before, self.after) = (before, after) }
    }

    private func skeleton(_ text: String) -> [UInt8]? { TemplateSkeleton.bytes(of: text, in: Environment()) }

    @Test(arguments: [
        Edit("select 1 from {{ ref('a') }}", "select 2\nfrom {{ ref('a') }} -- more"),
        Edit("{{ a }}", "{{a}}"),
        Edit("{{ a }}{# seen #}", "{# twice #}{{ a }}"),
        Edit("{% if a %}x{% else %}y{% endif %}", "{% if a %}{% else %}z{% endif %}"),
        Edit("{% for a in b %}x{% endfor %}", "x{% for a in b %}y{% endfor %}z"),
        Edit("{% set a = 1 %}x", "{% set a = 1 %}y"),
        Edit("{% set a, b = 1, 2 %}x", "{% set a, b = 1, 2 %}y"),
        Edit("{% set n.a = 1 %}x", "{% set n.a = 1 %}y"),
        Edit("{{ a }}{% raw %}{{ x }}{% endraw %}", "{{ a }}{% raw %}{{ y }}{% endraw %}"),
    ])
    func `is the same where only printed text differs`(edit: Edit) {
        #expect(skeleton(edit.before) != nil)
        #expect(skeleton(edit.before) == skeleton(edit.after))
    }

    @Test(arguments: [
        Edit("{{ ref('a') }}", "{{ ref('b') }}"),
        Edit("{{ a }}{{ b }}", "{{ a b }}"),
        Edit("{{ 'a' }}{{ 'b' }}", "{{ 'a}}{{b' }}"),
        Edit("{{ a }}", "{% if a %}{% endif %}"),
        Edit("{{ a }}", "{# {{ a }} #}"),
        Edit("{% set a %}x{% endset %}", "{% set a %}y{% endset %}"),
        Edit("{% set a | replace(b='c') %}x{% endset %}", "{% set a | replace(b='c') %}y{% endset %}"),
        Edit("{% call a() %}x{% endcall %}", "{% call a() %}y{% endcall %}"),
        Edit("{% filter upper %}x{% endfilter %}", "{% filter upper %}y{% endfilter %}"),
        Edit("{% macro a() %}x{% endmacro %}", "{% macro a() %}y{% endmacro %}"),
        Edit("{% block a %}x{% endblock %}", "{% block a %}y{% endblock %}"),
        Edit("{%- set a -%}x{%- endset -%}", "{%- set a -%}y{%- endset -%}"),
    ])
    func `is another where a tag could tell the difference`(edit: Edit) {
        #expect(skeleton(edit.after) != nil)
        #expect(skeleton(edit.before) != skeleton(edit.after))
    }

    @Test func `is none of what is no template`() { #expect(skeleton("{{ 'a }}") == nil) }
}
