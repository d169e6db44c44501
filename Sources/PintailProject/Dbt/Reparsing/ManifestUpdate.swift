#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Brings a project's `manifest.json` up to date.
///
/// Where files of models, analyses, tests or seeds were edited since it was written, and what their templates ask for is
/// the same, their entries alone are replaced in it. Everything else is read from the beginning. Both ways make the same
/// manifest, but for `created_at`, which stays with what was not read again, as in dbt.
package struct ManifestUpdate: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        /// How much there is in the project.
        package let counts: ParseCounts
        /// What is doubtful in it.
        package let warnings: [Diagnostic]
        /// The folder that their places are named from.
        package let directory: String
        /// The manifest.
        package let file: String
        /// Whether it was only changed.
        package let isPartial: Bool
    }

    private let folder: String
    private let options: DbtProject.Options
    private let artifacts: String?
    private let metadata: ManifestArtifact.Metadata

    /// An update of the project in a folder.
    ///
    /// - Parameter artifacts: the folder for the manifest; nil for the one that the project names.
    package init(
        of folder: String,
        _ options: DbtProject.Options,
        artifacts: String?,
        _ metadata: ManifestArtifact.Metadata
    ) {
        self.folder = ProjectFiles.normalized(folder)
        self.options = options
        self.artifacts = artifacts
        self.metadata = metadata
    }

    /// Does it.
    ///
    /// - Parameter isPartial: whether what was read before counts.
    /// - Throws: ``Diagnostics`` with every mistake in the project, or a ``Diagnostic`` when nothing can be written.
    package func run(isPartial: Bool = true) throws -> Outcome {
        let started = FileStamp.now()
        if isPartial, let outcome = changed(started) { return outcome }
        return try made(started)
    }

    /// Where the record lies when the project does not name another folder.
    private var usualFolder: String { artifacts ?? folder + "/target" }

    private static func record(in folder: String) -> String { folder + "/partial_parse.pintail" }
}

extension ManifestUpdate {
    /// Changes the manifest that is there; nil where that cannot be done.
    private func changed(_ started: Int64) -> Outcome? {
        guard let bytes = FileBytes.read(Self.record(in: usualFolder)), let record = ParseRecord(bytes),
            record.identity == RecordTaking.identity(folder, options)
        else { return nil }
        let file = usualFolder + "/manifest.json"
        let asked = AskedNames()
        var comparison = RecordComparison(record, folder, options, asked, started)
        guard var patch = comparison.patch(), !asked.isVolatile else { return nil }
        var new = comparison.record
        let asksFor = Set(new.variables.map(\.name)).union(asked.variables).sorted()
        new.variables = asksFor.map { ParseRecord.Variable(name: $0, value: options.environment[$0]) }
        let values = [metadata.generatedAt, metadata.invocationID, metadata.generatedAt, metadata.generatedAt]
        for (range, value) in zip(record.metadata, values) { patch.replace(range, with: .string(value)) }
        patch.settle()
        do {
            guard let stamp = try rewritten(file, patch, record) else { return nil }
            new.move(by: patch)
            new.manifest = stamp
            try write(new, in: usualFolder)
        } catch {
            return nil
        }
        return Outcome(counts: record.counts, warnings: record.warnings, directory: folder, file: file, isPartial: true)
    }

    private func rewritten(_ path: String, _ patch: ManifestPatch, _ record: ParseRecord) throws -> FileStamp? {
        try unsafe MappedFile.read(path) { bytes, stamp throws(Diagnostic) -> FileStamp? in
            guard stamp == record.manifest, patch.fits(bytes.count) else { return nil }
            let file = try ReplacedFile(path)
            try unsafe patch.write(bytes, to: file)
            return try file.finish()
        }
    }

    private func write(_ record: ParseRecord, in folder: String) throws(Diagnostic) {
        let file = try ReplacedFile(Self.record(in: folder))
        try file.write(record.bytes)
        _ = try file.finish()
    }

    /// Reads the project and writes its manifest.
    private func made(_ started: Int64) throws -> Outcome {
        let asked = AskedNames()
        let (project, notes) = try DbtProject.read(folder, options, asked)
        let target = artifacts ?? project.root.directory + "/" + project.root.targetPath
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let (bytes, marks) = ManifestArtifact(project, metadata).marked()
        let path = target + "/manifest.json"
        let file = try ReplacedFile(path)
        file.reserve(bytes.count)
        try file.write(bytes)
        let stamp = try file.finish()
        let isKept = target == usualFolder && project.root.flags["partial_parse"] != false
        let taking = RecordTaking(project, notes, asked, options, started)
        if isKept, var record = taking.record(marks) {
            record.manifest = stamp
            // Without it the next reading is a whole one, and as good.
            try? write(record, in: target)
        } else {
            try? FileManager.default.removeItem(atPath: Self.record(in: target))
        }
        return Outcome(
            counts: ParseCounts(project.manifest),
            warnings: project.warnings,
            directory: project.root.directory,
            file: path,
            isPartial: false
        )
    }
}
