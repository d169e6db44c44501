import Drawing
import DuckDB
import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Draws charts of what the tables hold: `pintail report`.
struct ReportCommand: Command {
    static let output = Option.value(
        "output",
        short: "o",
        "DIR",
        .directory,
        "Where the pages are written; out/reports when left out"
    )
    static let svg = Option.flag("svg", "Write each chart as an SVG file, too")

    static let spec = CommandSpec(
        "report",
        .look,
        "Draw the charts of reports/ as HTML pages that need nothing beside them",
        discussion: [
            "A report is a file of reports/ with a title and charts, each a query with a kind (line, bar, scatter), x, y and "
                + "series. The database is read and not changed."
        ],
        arguments: [Argument("REPORT", "Reports by name, or their files; all when left out", .any, .file)],
        options: [output, svg, .json],
        examples: [
            .init("pintail report", "Writes a page for each file of reports/."),
            .init("pintail report demand --svg -o public", "Writes public/demand.html and an SVG file a chart."),
        ]
    )

    private let names: [String]
    private let folder: String
    private let writesSVG: Bool
    private let asJSON: Bool
    private let dbt: DbtOptions

    init(_ arguments: ParsedArguments) throws(UsageError) {
        names = arguments.words
        folder = arguments[Self.output] ?? "out/reports"
        writesSVG = arguments.has(Self.svg)
        asJSON = arguments.has(.json)
        dbt = try DbtOptions(arguments)
    }

    func run(_ console: Console) async throws -> ExitCode {
        let desk = try await ReportDesk.open(dbt, console)
        let reports = try ProjectLoader().reports(in: desk.folder, named: names)
        let drawn = try await Interruption.cancelling(onSignal: {}) { try await desk.draw(reports) }
        let target = folder.hasPrefix("/") ? folder : desk.folder + "/" + folder
        let facts = try drawn.map { try write($0, to: target, of: desk.name) }
        if asJSON {
            try console.print(jsonText(facts))
        } else if !console.isQuiet {
            for fact in facts {
                try console.print("\(fact.page): \(counted(fact.charts.count, "chart"))")
                for chart in fact.charts where chart.marks == 0 {
                    console.note("'\(chart.title)' has no values to show")
                }
            }
        }
        return .success
    }

    private func write(_ report: DrawnReport, to target: String, of project: String) throws -> ReportFacts {
        let page = "\(target)/\(report.report.name).html"
        try Self.write(report.page(project: project, at: .now).text, to: page)
        let charts = try report.pictures.enumerated().map { index, picture in
            let file = "\(target)/\(report.report.name)-\(index + 1).svg"
            if writesSVG { try Self.write(picture.drawing.svg(id: "c", isAlone: true).text + "\n", to: file) }
            return ReportFacts.ChartFacts(
                title: picture.chart.title,
                kind: picture.chart.kind.rawValue,
                series: picture.table.series.map(\.name),
                marks: picture.marks,
                remarks: picture.table.remarks,
                svg: writesSVG ? file : nil
            )
        }
        return ReportFacts(report: report.report.name, title: report.report.title, page: page, charts: charts)
    }

    /// Readers see the old file or the new one.
    private static func write(_ text: String, to path: String) throws {
        let file = URL(filePath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw StepError("cannot write \(path)", cause: error)
        }
    }
}

/// What `report --json` prints.
private struct ReportFacts: Encodable {
    let report: String
    let title: String
    let page: String
    let charts: [ChartFacts]

    struct ChartFacts: Encodable {
        let title: String
        let kind: String
        let series: [String]
        let marks: Int
        let remarks: [String]
        let svg: String?
    }
}

/// The database that reports are drawn from: a project's, or that of a dbt project's profile.
private struct ReportDesk: Sendable {
    let folder: String
    let name: String
    private let session: Session
    /// Keeps the database open, and knows connections and secrets.
    private let workspace: Workspace?

    static func open(_ dbt: DbtOptions, _ console: Console) async throws -> ReportDesk {
        if let folder = ProjectAccess.folder {
            let project = try ProjectAccess().load(console).project
            guard FileManager.default.fileExists(atPath: project.database) else {
                throw StepError("\(project.database) is not there yet", hint: "the first run makes it: pintail run")
            }
            let workspace = try await offPool { try Workspace(opening: project, isReadOnly: true) }
            return ReportDesk(
                folder: folder,
                name: project.name,
                session: try workspace.session("report"),
                workspace: workspace
            )
        }
        let project = try dbt.load(console)
        let database = try await offPool { try DbtDatabase.open(project.profile) }
        return ReportDesk(
            folder: project.root.directory,
            name: project.root.name,
            session: try Session(database, label: "report"),
            workspace: nil
        )
    }

    func draw(_ reports: [Report]) async throws -> [DrawnReport] {
        let (workspace, folder) = (workspace, folder)
        return try await session.run { connection in
            try workspace?.prepare(toRead: reports.flatMap { $0.charts.map(\.query) }, on: connection)
            var problems: [Diagnostic] = []
            var drawn: [DrawnReport] = []
            for report in reports {
                do {
                    drawn.append(try DrawnReport(report, on: connection))
                } catch let mistakes as Diagnostics {
                    problems += mistakes.all
                }
            }
            guard problems.isEmpty else { throw Diagnostics(problems, in: folder) }
            return drawn
        }
    }
}
