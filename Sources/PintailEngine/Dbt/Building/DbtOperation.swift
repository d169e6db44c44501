import DuckDB
import Jinja
import PintailOrchestrator
package import PintailProject

/// One call of a macro, outside of any node.
package struct DbtOperation: Sendable {
    private let project: DbtProject
    private let macro: String
    private let arguments: ConfigObject
    private let options: BuildOptions

    /// A call of `macro`, which may name its package.
    package init(project: DbtProject, macro: String, arguments: ConfigObject, options: BuildOptions) {
        self.project = project
        self.macro = macro
        self.arguments = arguments
        self.options = options
    }

    /// Calls it; what it changed is committed, unless it fails.
    ///
    /// - Throws: `Diagnostics` where the project has no such macro; nothing was opened then.
    package func run() async throws {
        let found = try self.found()
        let world = try await DbtBuild.world(of: project, options, selecting: [])
        try await offPool {
            let warehouse = try Warehouse(world.database, relations: world.relations)
            var result = DbtResult(found.uniqueID, .success)
            result.failures = 0
            let start = ContinuousClock.now
            do {
                try call(found, world, warehouse)
                try warehouse.commit()
            } catch {
                warehouse.rollback()
                let failure = BuildFailure(error, nil, compiled: nil, nil)
                result.status = .error
                result.failures = 1
                result.message = failure.told
                result.seconds = start.duration(to: .now).inSeconds
                world.note(result)
                try DbtBuild.writeResults(world, result.seconds)
                throw failure.asNodeFailure
            }
            result.seconds = start.duration(to: .now).inSeconds
            world.note(result)
            try DbtBuild.writeResults(world, result.seconds)
            DbtDatabase.checkpoint(world.database)
        }
    }

    /// The macro that was named.
    private func found() throws -> MacroEntry {
        let parts = macro.split(separator: ".", maxSplits: 1).map(String.init)
        let found =
            parts.count == 2
            ? project.macros.macro(parts[1], ofNamespace: parts[0])
            : project.macros.macro(macro, from: project.root.name)
                ?? project.macros.packages.lazy.compactMap {
                    project.macros.macro(macro, in: $0)
                }.first
        guard let found else {
            let known = project.macros.packages.flatMap { project.macros.names(in: $0) }
            let missing = Diagnostic("there is no macro '\(macro)'", hint: didYouMean(macro, among: known))
            throw Diagnostics([missing], in: project.root.directory)
        }
        return found
    }

    private func call(_ found: MacroEntry, _ world: BuildWorld, _ warehouse: Warehouse) throws {
        let location = SourceLocation(file: found.originalFilePath, line: 1, column: 1)
        let node = Node(
            .operation,
            uniqueID: "operation.\(project.root.name).\(macro)",
            name: macro,
            package: project.root.name,
            path: found.path,
            originalFilePath: found.originalFilePath,
            fqn: [project.root.name, macro],
            config: ["enabled": true],
            location: location
        )
        let (context, names) = try NodeCompilation(world: world, node: node, warehouse: warehouse).context()
        defer {
            names.leave()
            context.close()
        }
        let given = Arguments([], keyword: arguments.map { ($0.key, $0.value.templateValue) })
        _ = try Interpreter(DbtEnvironment.sql, embedder: context).call(
            macro: found.definition,
            with: given,
            in: context
        )
    }
}
