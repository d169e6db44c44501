import Testing

@testable import PintailProject

/// Files that are broken or meant to harm: each gives a message with a place, and nothing else happens.
struct HostileFileTests {
    private static func utf16(_ text: String, isLittle: Bool) -> [UInt8] {
        ([0xFEFF] + Array(text.utf16)).flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isLittle ? [low, high] : [high, low]
        }
    }

    private func load(_ bytes: [UInt8], as name: String = "pintail.yml") throws -> Result<Project, Diagnostics> {
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: name)
        do throws(Diagnostics) {
            return .success(try ProjectLoader(environment: [:]).load(from: folder.path).project)
        } catch {
            #expect(error.all.allSatisfy { $0.location != nil })
            #expect(!DiagnosticRenderer(directory: folder.path).render(error).isEmpty)
            return .failure(error)
        }
    }

    private func message(_ bytes: [UInt8], as name: String = "pintail.yml") throws -> String? {
        guard case .failure(let diagnostics) = try load(bytes, as: name) else { return nil }
        return diagnostics.all.first?.message
    }

    @Test(arguments: [true, false]) func `UTF-16 with a byte order mark is read`(isLittle: Bool) throws {
        #expect(try load(Self.utf16("project: ü名\n", isLittle: isLittle)).get().name == "ü名")
        #expect(try load(Self.utf16("project = \"ü名\"\n", isLittle: isLittle), as: "pintail.toml").get().name == "ü名")
    }

    @Test(arguments: ["pintail.yml", "pintail.toml"]) func `a byte order mark moves no place`(name: String) throws {
        let text = name.hasSuffix("yml") ? "projekt: n\n" : "projekt = \"n\"\n"
        guard case .failure(let diagnostics) = try load([0xEF, 0xBB, 0xBF] + Array(text.utf8), as: name) else {
            Issue.record("an unknown key was accepted")
            return
        }
        #expect(diagnostics.all.first?.location?.column == 1)
    }

    @Test(arguments: ["pintail.yml", "pintail.toml"]) func `what is not text is told by its first wrong byte`(
        name: String
    ) throws {
        #expect(try message(Array("project: a\0b".utf8), as: name) == "'\(name)' holds a zero byte, so it is not text")
        #expect(try message([0x61, 0xC3, 0x28], as: name) == "'\(name)' is not UTF-8 from here on")
        #expect(try message([0xFF, 0xFE, 0x00], as: name) == "'\(name)' begins like UTF-16 but is not")
        #expect(
            try message(Array("a: \u{1}".utf8), as: name)?.hasPrefix("'\(name)' holds a control") ?? false
                || name.hasSuffix("toml")
        )
    }

    @Test(arguments: [
        ("pintail.yml", String(repeating: "[", count: 100_000)),
        ("pintail.yml", String(repeating: "{a: ", count: 50_000)),
        ("pintail.yml", String(repeating: "- ", count: 50_000)),
        ("pintail.yml", String(repeating: "? ", count: 50_000)),
        ("pintail.yml", (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        ("pintail.toml", "a = " + String(repeating: "[", count: 100_000)),
        ("pintail.toml", String(repeating: "a.", count: 500_000) + "a = 1"),
        ("pintail.toml", "[" + String(repeating: "a.", count: 500_000) + "a]"),
    ])
    func `deep nesting is refused before it overflows anything`(name: String, text: String) throws {
        let message = try #require(try message(Array(text.utf8), as: name))
        #expect(
            message.contains("nested") || message.contains("not valid") || message.contains("nesting"),
            "\(message)"
        )
    }

    @Test func `dots inside texts are not nesting`() throws {
        let dots = String(repeating: ".", count: 500)
        let text = "project = \"n\" # \(dots)\ndatabase = '''\n\(dots)'x\"\n\(dots)'''\n"
        #expect(throws: Never.self) { try load(Array(text.utf8), as: "pintail.toml").get() }
    }

    @Test func `aliases of aliases do not multiply without end`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        #expect(try message(Array(text.utf8)) == "this file grows beyond 200000 values")
    }

    @Test func `a file that is data is not read`() throws {
        let bytes = Array(repeating: UInt8(ascii: "x"), count: 5 << 20)
        #expect(try message(bytes)?.contains("has 5242880 bytes") == true)
    }

    @Test func `a folder in a file's place is told`() throws {
        let folder = try TemporaryFolder()
        try folder.write("project: n\n", to: "pintail.yml")
        try folder.write("", to: "pipelines/a.yml/b.yml")
        let failure = #expect(throws: Diagnostics.self) { try ProjectLoader(environment: [:]).load(from: folder.path) }
        #expect(failure?.all.map(\.message) == ["'pipelines/a.yml' is a folder, not a file"])
    }

    @Test(arguments: 0..<200) func `no cut of a good file crashes`(cut: Int) throws {
        for (name, folder) in [("pipelines/articles.yml", "yaml"), ("pipelines/articles.toml", "toml")] {
            let text = try #require(Golden.text(Golden.projects + "/complete/\(folder)/" + name))
            let bytes = Array(text.utf8)
            let folder = try TemporaryFolder()
            try folder.write("project: n\n", to: "pintail.yml")
            try folder.write(Array(bytes.prefix(bytes.count * cut / 200)), to: name)
            do throws(Diagnostics) {
                _ = try ProjectLoader(environment: [:]).load(from: folder.path)
            } catch {
                #expect(!DiagnosticRenderer(directory: folder.path).render(error).isEmpty)
            }
        }
    }
}
