import Testing

@testable import PintailProject

/// Where the characters of a text are found again in its file.
struct PlacesTests {
    /// The place of `needle` in the text of a field, found by its offset in the value, must be where it stands in the file.
    private func expectFound(_ needle: String, in file: String, toml: Bool = false, at place: (Int, Int)) throws {
        let source = SourceFile(path: "f", text: file)
        let tree = toml ? try TOMLTree.parse(source) : try YAMLTree.parse(source).root
        var expansion = VariableExpansion(["NAME": "a long value", "SHORT": ""])
        let node = try #require(expansion.expanded(tree)["sql"])
        let text = try #require(node.text)
        let places = try #require(node.places)
        let locations = FieldLocations(["sql": node.location], texts: ["sql": places])
        let range = try #require(text.firstRange(of: needle))
        let offset = text.utf8.distance(from: text.utf8.startIndex, to: range.lowerBound)
        let found = try #require(locations.place(in: "sql", text: text, utf8Offset: offset))
        #expect((found.line, found.column) == place, "\(needle) in \(file)")
    }

    @Test(arguments: [
        ("sql: SELECT x FROM t\n", 1, 13), ("sql:   'SELECT x FROM t'\n", 1, 16), ("sql: \"SELECT x\"\n", 1, 14),
        ("sql: 'it''s x'\n", 1, 13), ("sql: \"\\t\\u00e9 x\"\n", 1, 16), ("sql: |\n  SELECT\n    x\n  FROM t\n", 3, 5),
        ("sql: |-\n\n  ü x\n", 3, 5), ("sql: |2\n    x\n", 2, 5), ("sql: |\r\n  SELECT\r\n  x\r\n", 3, 3),
        ("a: 1\nsql: ${NAME} x\n", 2, 14), ("sql: ${SHORT}x\n", 1, 14), ("sql: $${x}\n", 1, 9),
        ("sql: |\n  ${NAME}\n  ${SHORT} x\n", 3, 12), ("sql: SELECT\n  x\n", 2, 3), ("sql: \"SELECT\n\n   x\"\n", 3, 4),
        ("sql: >\n  SELECT x\n", 2, 3), ("sql: 名前 x\n", 1, 9), ("sql: &a x\nb: *a\n", 1, 9),
    ])
    func `an offset in a YAML text is found in the file`(file: String, line: Int, column: Int) throws {
        try expectFound("x", in: file, at: (line, column))
    }

    @Test(arguments: [
        ("sql = \"SELECT x\"\n", 1, 15), ("sql = 'SELECT x'\n", 1, 15), ("sql = \"\\t\\u00e9 x\"\n", 1, 17),
        ("sql = \"\"\"\nSELECT\n  x\"\"\"\n", 3, 3), ("sql = '''\nSELECT\n  x'''\n", 3, 3),
        ("sql = \"\"\"SELECT \\\n   x\"\"\"\n", 2, 4),
        ("sql = \"${NAME} x\"\n", 1, 16),
    ])
    func `an offset in a TOML text is found in the file`(file: String, line: Int, column: Int) throws {
        try expectFound("x", in: file, toml: true, at: (line, column))
    }

    @Test func `every field of a step has its place, by its path`() throws {
        let loaded = try ProjectLoader(environment: [:]).load(from: Golden.projects + "/complete/yaml")
        let steps = loaded.project.pipelines[0].steps
        let check = steps[4].locations
        #expect(check[""] == .init(file: "pipelines/articles.yml", line: 27, column: 12, length: 12))
        #expect(check["columns.title"]?.line == 30)
        #expect(check["columns.title"]?.length == 5)
        #expect(check["columns.title.0"]?.column == 15)
        #expect(check["columns.title.9.x"] == check["columns.title"])
        #expect(check.key("columns.url") == .init(file: "pipelines/articles.yml", line: 31, column: 7, length: 3))
        #expect(check.place(in: "sql.1", text: "SELECT 1", utf8Offset: 7)?.column == 42)
        let (block, file) = (steps[5].locations, steps[6].locations)
        #expect(block["sql"]?.line == 51)
        #expect(file["sql"] == .init(file: "sql/articles.sql", line: 1, column: 1))
        #expect(file.place(in: "sql", text: "SELECT *\nFROM t", utf8Offset: 14)?.line == 2)
    }
}

extension FieldLocations {
    fileprivate init(_ places: [String: PintailProject.SourceLocation], texts: [String: TextPlaces]) {
        self.init(places)
        self.texts = texts
    }
}
