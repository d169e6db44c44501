import DuckDB
import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Everything that `doctor` looks at, in the order in which it is told.
struct Examination: Sendable {
    func findings(_ console: Console) async -> [Finding] {
        var findings = [Finding.ok("pintail", "\(pintailVersion), DuckDB \(Database.libraryVersion)")]
        findings += LoadedLibraries.findings + extensions
        findings += await project(console)
        return findings + [terminal(console)]
    }

    private var extensions: [Finding] {
        let builtIn = Self.builtInExtensions
        let outside = Extension.allCases.filter { !builtIn.contains($0.rawValue) }
        let found = outside.filter { $0.path != nil }
        var findings: [Finding] = []
        if let path = found.first?.path {
            let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
            findings.append(.ok("extensions", found.map(\.rawValue).joined(separator: ", ") + " in \(folder)"))
        }
        let missing = outside.filter { $0.path == nil }.map(\.rawValue).joined(separator: ", ")
        if !missing.isEmpty {
            let mend =
                "run scripts/setup in the checkout, or unpack the distribution again: they lie in 'extensions' beside the program"
            findings.append(.warn("extensions", "\(missing) not found; what needs them will fail", mend: mend))
        }
        return findings
    }

    /// What this build of DuckDB brings along itself.
    private static var builtInExtensions: Set<String> {
        do {
            let names = try Database().connect().texts("SELECT extension_name FROM duckdb_extensions() WHERE loaded")
            return Set(names)
        } catch {
            return []
        }
    }

    private func project(_ console: Console) async -> [Finding] {
        guard let folder = ProjectAccess.folder else {
            let here = ProjectAccess.workingDirectory
            return [.ok("project", "none in \(here) nor above it; 'pintail init' makes one")]
                + Disk(folder: here).findings + [memory(Resources())]
        }
        do {
            let project = try ProjectAccess().load(console).project
            let plan = try await project.plan()
            let size = "\(counted(project.pipelines.count, "pipeline")), \(counted(plan.nodes.count, "step"))"
            return [.ok("project", "\(project.name) in \(folder): \(size)")]
                + [await database(of: project), await history(of: project)].compactMap(\.self)
                + (await connections(of: project)) + (await Self.migrations(of: project))
                + Disk(folder: folder).findings + [memory(project.resources)]
        } catch {
            let problems = (error as? Diagnostics)?.all.count ?? 1
            let finding = Finding.fail(
                "project",
                "\(folder) is not valid: \(counted(problems, "problem"))",
                mend: "'pintail validate' shows each with its place"
            )
            return [finding] + Disk(folder: folder).findings + [memory(Resources())]
        }
    }

    private func database(of project: Project) async -> Finding {
        let path = project.database
        guard FileManager.default.fileExists(atPath: path) else {
            return .ok("database", "\(path) is made by the first run")
        }
        do {
            let tables = try await offPool {
                try Database(path: path, options: .init(isReadOnly: true)).connect()
                    .value("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main'").integer ?? 0
            }
            return .ok("database", "\(path): \(counted(tables, "table"))")
        } catch {
            let failure = NodeFailure(error)
            let mend = failure.isTransient ? "wait until the other process is done with it" : failure.hint
            return failure.isTransient
                ? .warn("database", "\(path) is in use by another process", mend: mend)
                : .fail("database", failure.message, mend: mend)
        }
    }

    private func history(of project: Project) async -> Finding? {
        let path = project.stateDirectory + "/state.db"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let last = try await RunStore.open(path).runs(limit: 1).first
            return .ok("history", last.map { "latest run \($0.run) \($0.status.rawValue)" } ?? "no runs yet")
        } catch {
            let failure = NodeFailure(error)
            return .warn("history", failure.message, mend: failure.hint)
        }
    }

    private func connections(of project: Project) async -> [Finding] {
        await withTaskGroup(of: Finding.self) { group in
            for name in project.connections.keys {
                group.addTask { await ConnectionProbe(name: name, project: project).finding() }
            }
            var findings: [Finding] = []
            for await finding in group { findings.append(finding) }
            return findings.sorted { $0.subject < $1.subject }
        }
    }

    private static func migrations(of project: Project) async -> [Finding] {
        do {
            let pending = try PendingMigrations(of: project)
            var findings: [Finding] = []
            for folder in pending.all { findings.append(finding(of: try await pending.history(of: folder))) }
            return findings
        } catch {
            let message = (error as? Diagnostics)?.all.first?.message ?? NodeFailure(error).message
            let told = Redactor(project).redact(message)
            return [.warn("migrations", told, mend: "'pintail migrate status' shows where they stand")]
        }
    }

    private static func finding(of history: MigrationHistory) -> Finding {
        guard let complaint = history.complaint else {
            let count = counted(history.records.count, "migration")
            return .ok("migrations", "\(history.folder.database.name): \(count) applied")
        }
        return .warn("migrations", complaint.message, mend: complaint.hint)
    }

    private func memory(_ resources: Resources) -> Finding {
        let budget = MemoryBudget(resources)
        let origin = budget.isGiven ? "given by resources.memory" : "of \(budget.system.available) available"
        let text =
            "\(budget.safe) may be used, \(origin); \(budget.system.total) in all, limited by \(budget.system.limitedBy)"
        // DuckDB was measured to need this much to load a CSV file at all.
        guard budget.safe >= 100_000_000 else {
            return .warn("memory", text, mend: "give resources.memory 100MB or more, or free some memory")
        }
        guard budget.safe <= budget.system.available else {
            return .warn("memory", text, mend: "resources.memory is more than there is: lower it")
        }
        return .ok("memory", text)
    }

    private func terminal(_ console: Console) -> Finding {
        let stream = console.errors
        guard stream.isTerminal else { return .ok("terminal", "none: plain lines are printed") }
        let colors = stream.palette.isColored ? "colours" : "no colours"
        let signs = Glyphs.current == .unicode ? "Unicode" : "ASCII only"
        return .ok("terminal", "\(stream.width) columns, \(colors), \(signs)")
    }
}
