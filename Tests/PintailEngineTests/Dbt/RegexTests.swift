import FoundationEssentials
import Jinja
import PintailProject
import Testing

@testable import PintailEngine

/// `modules.re`, against what Python 3.11 answers.
@Suite struct RegexTests {
    static let cases = try? all()

    private static func all() throws -> [ConfigValue] {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let text = try String(contentsOfFile: folder + "/Golden/regex.json", encoding: .utf8)
        return ConfigValue(try JSONReader.value(of: text)).items
    }

    @Test(arguments: cases ?? []) func `a pattern finds what Python finds`(recorded: ConfigValue) throws {
        let (pattern, text) = (recorded["pattern"].string ?? "", recorded["text"].string ?? "")
        if recorded["error"].bool == true {
            #expect(throws: TemplateError.self) { try PythonRegex(pattern) }
            return
        }
        let found = try answers(pattern, text)
        for name in ["search", "match", "fullmatch", "findall", "split", "sub"] {
            #expect(found[name] ?? .null == recorded[name], "\(name) of \(pattern) in \(text)")
        }
    }

    @Test func `the recorded patterns are there`() { #expect((Self.cases ?? []).count > 40) }

    @Test func `a pattern that never ends is given up`() throws {
        let regex = try PythonRegex("(a|aa)+$")
        let text = Array(repeating: UInt32(UInt8(ascii: "a")), count: 60) + [UInt32(UInt8(ascii: "b"))]
        #expect(throws: TemplateError.self) { try regex.find(in: text, mostWork: 100_000) }
    }

    private func answers(_ pattern: String, _ text: String) throws -> ConfigObject {
        let template = """
            {% set m = re.search(pattern, text) %}
            {% do out.update({'search': none if m is none else [m.start(), m.end(), m.groups() | list]}) %}
            {% do out.update({'match': re.match(pattern, text) is not none}) %}
            {% do out.update({'fullmatch': re.fullmatch(pattern, text) is not none}) %}
            {% do out.update({'findall': re.findall(pattern, text), 'split': re.split(pattern, text)}) %}
            {% do out.update({'sub': re.sub(pattern, '<\\\\g<0>>', text)}) %}
            """
        let out = DictObject()
        let names: [String: Value] = [
            "re": RegexModule.value, "pattern": .string(pattern), "text": .string(text), "out": .dict(out),
        ]
        _ = try Template(template, name: "regex", in: DbtEnvironment.sql).render(in: names)
        return ConfigObject(out)
    }
}
