import Foundation
import PintailEngine
import PintailOrchestrator
import PintailProject
import Testing

@testable import PintailCLI

@Suite struct `Beginning a project` {
    @Test(arguments: ProjectExample.allCases)
    func `what init makes is a valid project`(example: ProjectExample) async throws {
        let output = try OutputFile()
        let folder = output.path + "-project"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let console = Console(
            output: TextStream(output.descriptor),
            errors: TextStream(output.descriptor),
            isQuiet: false
        )
        let command = try Self.command([folder, "--example", example.rawValue])
        #expect(try command.run(console) == .success)

        let variables = ["DB_HOST": "localhost", "DB_NAME": "d", "DB_USER": "u", "DB_PASSWORD": "p"]
        let loaded = try ProjectLoader(environment: variables).load(from: folder)
        #expect(loaded.warnings.isEmpty)
        let plan = try await loaded.project.plan()
        #expect(
            plan.nodes.map(\.id.name) == [
                "raw_orders", "check:raw_orders", "sales_by_country", "load:sales_by_country",
            ]
        )
    }

    @Test func `files that are there are not written over`() throws {
        let output = try OutputFile()
        let folder = output.path + "-project"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: folder + "/README.md"))
        let console = Console(
            output: TextStream(output.descriptor),
            errors: TextStream(output.descriptor),
            isQuiet: false
        )
        let command = try Self.command([folder])
        let error = #expect(throws: UsageError.self) { try command.run(console) }
        #expect(error?.message == "\(folder) has README.md already")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["README.md"])
    }

    private static func command(_ words: [String]) throws -> InitCommand {
        guard case .run(_, let arguments) = try ArgumentParser([InitCommand.spec]).parse(["init"] + words) else {
            throw CancellationError()
        }
        return InitCommand(arguments)
    }
}
