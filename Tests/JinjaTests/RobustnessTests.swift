import Foundation
import Jinja
import Testing

/// Templates that are cut, nested, endless or huge end with an error, never with a crash.
struct RobustnessTests {
    private func failure(_ text: String, _ options: Environment.Options = Environment.Options()) -> TemplateError.Kind?
    {
        do throws(TemplateError) {
            _ = try Template(text, in: Environment(options)).render(in: [String: Value]())
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `every cut of every recorded template is read or refused`() throws {
        var options = Environment.Options()
        options.limits.steps = 10_000
        for recorded in try RecordedCase.all(in: "dbt_flavour.json", options) {
            let bytes = Array(recorded.template.utf8)
            for end in bytes.indices {
                _ = recorded.outcome(of: String(decoding: bytes[..<end], as: UTF8.self))
                _ = recorded.outcome(of: String(decoding: bytes[end...], as: UTF8.self))
            }
        }
    }

    @Test(arguments: [
        "{{ " + String(repeating: "(", count: 100_000),
        "{{ " + String(repeating: "[", count: 100_000) + "1",
        "{{ " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000) + " }}",
        "{{ " + String(repeating: "not ", count: 100_000) + "1 }}",
        "{{ " + String(repeating: "-", count: 100_000) + "1 }}",
        String(repeating: "{% if true %}", count: 10_000) + String(repeating: "{% endif %}", count: 10_000),
        "{% set " + String(repeating: "(", count: 100_000) + "a",
        "{% macro m(a: " + String(repeating: "x[", count: 100_000),
    ])
    func `what is nested too deeply is a mistake of syntax`(_ text: String) {
        #expect(failure(text) == .syntax)
    }

    @Test(arguments: [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in range(99999999999) %}{% endfor %}",
        "{{ 'x' * 10**12 }}",
        "{% for i in range(100000) %}{{ 'x' * 100000 }}{% endfor %}",
        "{% set l = [1] %}{% for i in l %}{% do l.append(1) %}{% endfor %}",
        "{{ 10 ** (10 ** 10) }}",
        "{{ range(10**15)|list }}",
        "{{ range(10**15)|sum }}",
        "{% set l = [] %}{% for i in range(5000) %}{% set ns = namespace(l=[l]) %}{% endfor %}{% macro f(l, n) %}{{ f([l], n + 1) }}{% endmacro %}{{ f([], 0) }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ " + String(repeating: "1 + ", count: 200_000) + "1 }}",
    ])
    func `what does not end or has no bounds meets a limit`(_ text: String) {
        var options = Environment.Options()
        options.limits.steps = 100_000
        options.limits.outputBytes = 1 << 22
        #expect([.limit, .value, .overflow].contains(failure(text, options)))
    }

    @Test func `a list within itself is printed and compared`() throws {
        let template = try Template(
            "{% set l = [1] %}{% do l.append(l) %}{{ l }}{% set d = {} %}{% do d.update(d=d) %}{{ d }}",
            in: Environment()
        )
        #expect(try template.render(in: [String: Value]()) == "[1, [...]]{'d': {...}}")
    }

    @Test(arguments: [512 << 10, 1 << 20, 8 << 20])
    func `a stack of any size bears what it can and refuses the rest`(_ size: Int) async {
        let kinds = await withCheckedContinuation { continuation in
            let thread = Thread {
                let deep =
                    "{% macro m(n) %}{% for i in [1] %}{% if n %}{{ m(n - 1) }}{% endif %}{% endfor %}{% endmacro %}{{ m(9) }}"
                let endless =
                    "{% macro m(n) %}{% for i in [1] %}{{ [m(n + 1)|upper] }}{% endfor %}{% endmacro %}{{ m(0) }}"
                let nested = "{{ " + String(repeating: "[", count: 150) + String(repeating: "]", count: 150) + " }}"
                continuation.resume(returning: [self.failure(deep), self.failure(endless), self.failure(nested)])
            }
            thread.stackSize = size
            thread.start()
        }
        #expect(kinds[0] == nil)
        #expect(kinds[1] == .limit)
    }
}
