import FoundationEssentials
import PintailEngine
import PintailProject
import PintailWeb
import Synchronization

/// The documentation in a folder of artifacts, read again when another run has written them anew.
final class DocsShelf: Sendable {
    private struct Reading {
        var site: DocsSite
        var stamp: [Date?]
    }

    private static let names = ["manifest.json", "catalog.json", "run_results.json", verdicts]

    /// Results of the last run that judged something: those of `docs generate` itself take their place in dbt's own file.
    private static let verdicts = "last_run_results.json"

    /// Puts the results of the last run aside, before compiling writes its own.
    static func keepVerdicts(in folder: String) throws {
        guard let data = FileManager.default.contents(atPath: "\(folder)/run_results.json"), DocsSite.areVerdicts(data)
        else { return }
        try data.write(to: URL(filePath: "\(folder)/\(verdicts)"), options: .atomic)
    }

    private let folder: String
    private let reading: Mutex<Reading>

    /// Reads the artifacts.
    init(_ folder: String) throws {
        self.folder = folder
        let site = try Self.site(folder)
        reading = Mutex(Reading(site: site, stamp: Self.stamp(folder)))
    }

    /// What the artifacts say now; what they said before while they are being written.
    var site: DocsSite {
        reading.withLock { reading in
            let now = Self.stamp(folder)
            if now != reading.stamp, let site = try? Self.site(folder) { reading = Reading(site: site, stamp: now) }
            return reading.site
        }
    }

    private static func stamp(_ folder: String) -> [Date?] {
        names.map { try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)")[.modificationDate] as? Date }
    }

    private static func site(_ folder: String) throws -> DocsSite {
        let files = names.map { FileManager.default.contents(atPath: "\(folder)/\($0)") }
        guard let manifest = files[0] else {
            throw StepError("there is no \(folder)/manifest.json", hint: "'pintail docs generate' writes it")
        }
        do {
            return try DocsSite(manifest: manifest, catalog: files[1], results: files[2...].compactMap(\.self))
        } catch {
            throw StepError(
                "\(folder)/manifest.json is not a manifest of dbt's form",
                hint: "'pintail docs generate' writes it anew"
            )
        }
    }
}
