import DuckDB
import PintailOrchestrator
import PintailProject

/// Delivers rows into a file or a folder of files on a disk of this machine.
struct FileLoad: Sendable {
    private let load: Load
    private let shown: String
    private let isReplay: Bool
    private let environment: StepEnvironment

    /// A relative path starts at the project's folder.
    init(_ load: Load, path: String, isReplay: Bool = false, in environment: StepEnvironment) {
        self.load = load
        self.isReplay = isReplay
        shown = path
        self.environment = environment
    }

    /// Writes beside the target and renames, so that a reader finds the old rows or the new ones.
    func run() async throws -> NodeResult {
        try await LoadMeter.watch(environment) { meter in
            try await environment.session.run { try deliver($0, meter) }
        }
    }

    /// Removes what killed runs of a project left beside the files that they were to write.
    static func removeLeftovers(of project: Project) {
        for case .load(let load) in project.pipelines.flatMap(\.steps) {
            guard case .file(let path) = load.destination, !ObjectStoreLoad.isAddress(path) else { continue }
            // A path that cannot be looked at has nothing beside it.
            guard let target = try? FileTarget(absolute(path, in: project), shown: path) else { continue }
            Draft.removeLeftovers(beside: target)
        }
    }

    private static func absolute(_ path: String, in project: Project) -> String {
        path.hasPrefix("/") ? path : project.directory + "/" + path
    }

    private var path: String { Self.absolute(shown, in: environment.workspace.project) }

    /// What stands against a load before any row is moved: its mode, its format, or what lies at its path.
    static func refuse(_ load: Load, path: String, in project: Project) throws {
        let target = try FileTarget(absolute(path, in: project), shown: path)
        try admit(load, target)
        _ = try OutputFormat(load, path: target.kind == .device ? nil : path)
    }

    private func deliver(_ connection: borrowing Connection, _ meter: LoadMeter) throws -> NodeResult {
        let target: FileTarget
        do {
            target = try FileTarget(path, shown: shown)
        } catch {
            throw failure(error, "nothing was written")
        }
        do {
            try Self.admit(load, target)
            let relation = try LoadRelation(load, connection)
            let output = try FileOutput(load, path: target.kind == .device ? nil : shown, relation: relation)
            try output.prepare(connection)
            try meter.begins(
                "writing",
                draft: Draft.path(for: target, run: environment.run),
                totalRows: LoadRelation.rowCount(load.source, connection)
            )
            return try write(output, to: target, connection, meter)
        } catch let error as CancellationError {
            throw error
        } catch let error as DuckDBError where error.kind == .interrupted {
            throw error
        } catch {
            throw failure(error, target.untouched)
        }
    }

    private func write(
        _ output: FileOutput,
        to target: FileTarget,
        _ connection: borrowing Connection,
        _ meter: LoadMeter
    ) throws -> NodeResult {
        if target.kind == .device {
            return try StreamLoad.write(output, toDevice: target, connection, meter)
        }
        if load.mode == .append { try AdditionNote.settle(target, connection) }
        let note = isReplay ? try AdditionNote(of: output.relation, to: target, connection) : nil
        if let rows = try note?.delivered(connection) {
            environment.reporter.message("an earlier replay had added all \(RowCount(rows)) rows when it was stopped")
            return NodeResult(rows: RowCount(rows))
        }
        if Self.wantsFolder(load, shown) {
            return try FolderDelivery(output, target, environment.run, note).run(connection)
        }
        let rest = FileDelivery(output, target, environment.run, meter, note)
        return try load.mode == .append && target.size > 0 ? rest.append(connection) : rest.write(connection)
    }

    private static func wantsFolder(_ load: Load, _ path: String) -> Bool {
        path.hasSuffix("/") || !load.partitionBy.isEmpty
    }

    /// Refuses what cannot end well before a row is read.
    private static func admit(_ load: Load, _ target: FileTarget) throws {
        if load.mode.needsKey { throw noUpsert }
        let shown = target.shown
        let wantsFolder = wantsFolder(load, shown)
        switch target.kind {
        case .folder where !wantsFolder:
            throw StepError("\(shown) is a folder", hint: "end the path in / to fill the folder")
        case .file where wantsFolder: throw StepError("\(shown) is a file, and a folder is needed")
        case .file where load.mode == .fail, .folder where load.mode == .fail: throw exists(shown)
        default: break
        }
    }

    private func failure(_ error: any Error, _ state: String) -> StepError {
        // The file need not be named twice.
        if let problem = error as? FileProblem, problem.path == shown {
            return StepError(
                "cannot write \(shown): \(problem.reason)",
                hint: problem.hint,
                dataState: state,
                isTransient: problem.isTransient
            )
        }
        let below = error as? any NodeError
        return StepError(
            "cannot write \(shown)",
            cause: error,
            hint: FileProblem.hint(inWords: below?.message ?? "") ?? below?.hint,
            dataState: below?.dataState ?? state
        )
    }

    /// What is said when rows of a file are to be updated.
    static let noUpsert = StepError(
        "rows of a file cannot be updated",
        hint: "files take the modes fail, append and replace; upsert is for tables"
    )

    /// What is said when a destination must not exist and does.
    static func exists(_ shown: String) -> StepError {
        StepError("\(shown) exists already", hint: "`mode: replace` takes its place, `mode: append` adds to it")
    }
}
