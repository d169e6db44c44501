import Foundation
import Testing

@testable import PintailCLI

@Suite struct `Help, completions and the reference page` {
    private static let names = allCommands.map { $0.spec.name }
    private let specs = allCommands.map { $0.spec }
    private let page = HelpPage(width: 80, palette: Palette(isColored: false))

    @Test func `help lists every command under its heading`() throws {
        try Golden.expect(page.overview(of: specs), equals: "help/overview.txt")
    }

    @Test(arguments: names)
    func `help of a command tells its arguments, options and examples`(name: String) throws {
        let spec = try #require(specs.first { $0.name == name })
        try Golden.expect(page.page(for: spec), equals: "help/\(name).txt")
    }

    @Test(arguments: Shell.allCases)
    func `a shell is taught every command`(shell: Shell) throws {
        try Golden.expect(shell.completions(of: specs), equals: "completions/\(shell.rawValue).txt")
    }

    @Test func `the reference page is what the commands declare`() throws {
        let file = Golden.repository.appending(path: "docs/reference/commands.md")
        try Golden.expect(CommandReference(specs: specs).markdown, equals: file)
    }

    @Test(arguments: names)
    func `every example is a command line that is understood`(name: String) throws {
        let spec = try #require(specs.first { $0.name == name })
        for example in spec.examples {
            // What stands behind `|`, `>` and `&&` is the shell's.
            let words = CommandLineText.split(example.command.replacing("\"", with: "'"))
            let start = try #require(words.firstIndex(of: "pintail"))
            let own = words[(start + 1)...].prefix { !["|", ">", "&&"].contains($0) }
            guard case .run(name, let arguments) = try ArgumentParser(specs).parse(Array(own)) else {
                Issue.record("'\(example.command)' runs nothing")
                continue
            }
            let command = try #require(allCommands.first { $0.spec.name == name })
            _ = try command.init(arguments)
        }
    }

    @Test(arguments: names)
    func `no command declares a name twice`(name: String) throws {
        let spec = try #require(specs.first { $0.name == name })
        let options = spec.allOptions
        #expect(Set(options.map(\.name)).count == options.count)
        #expect(Set(options.compactMap(\.short)).count == options.compactMap(\.short).count)
    }
}
