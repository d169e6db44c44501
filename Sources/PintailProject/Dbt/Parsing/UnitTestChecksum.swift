/// The fingerprint of a unit test: dbt takes it of what Python prints of the test's parts.
enum UnitTestChecksum {
    static func of(_ test: UnitTestNode) -> String {
        var text = "\(test.model)-"
        text += part("UnitTestNodeVersions", ["include", "exclude"], test.versions) + "-["
        text += test.given.map(pythonText).joined(separator: ", ") + "]-"
        text += pythonText(test.expect) + "-"
        text += part("UnitTestOverrides", ["macros", "vars", "env_vars"], test.overrides)
        for rows in test.given where rows.fixture != nil { text += "-" + rows.tabular.plainText }
        return Digest.sha256(text.utf8)
    }

    private static func part(_ name: String, _ keys: [String], _ value: ConfigValue) -> String {
        guard !value.isNull else { return "None" }
        return "\(name)(" + keys.map { "\($0)=\(value[$0].pythonText)" }.joined(separator: ", ") + ")"
    }

    private static func pythonText(_ rows: UnitTestNode.Rows) -> String {
        let formats = ["dict": "Dict: 'dict'", "csv": "CSV: 'csv'", "sql": "SQL: 'sql'"]
        let input = rows.input.map { "input=\(ConfigValue.string($0).pythonText), " }
        let fixture = rows.fixture.map { ConfigValue.string($0) } ?? .null
        return "\(input == nil ? "UnitTestOutputFixture" : "UnitTestInputFixture")(\(input ?? "")"
            + "rows=\(rows.tabular.pythonText), format=<UnitTestFormat.\(formats[rows.format] ?? "")>, "
            + "fixture=\(fixture.pythonText))"
    }
}
