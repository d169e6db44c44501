extension ProjectLoader {
    /// Reads the reports of a project's folder: every file of `reports/`, or those that are named.
    ///
    /// - Parameter names: Reports by name, or files by path.
    /// - Throws: ``Diagnostics`` with everything that is wrong in any of them, and with names that no report has.
    package func reports(in directory: String, named names: [String] = []) throws(Diagnostics) -> [Report] {
        try ProjectReading(root: directory, environment: variables).reports(named: names)
    }
}

extension ProjectReading {
    private static let folder = "reports"

    fileprivate func reports(named names: [String]) throws(Diagnostics) -> [Report] {
        let all = files.names(in: Self.folder).filter(Self.isReport)
        var problems: [Diagnostic] = []
        var paths: [String] = []
        for name in names {
            if Self.isReport(name) {
                paths.append(name)
            } else if let file = all.first(where: { Self.stem($0) == name }) {
                paths.append("\(Self.folder)/\(file)")
            } else {
                problems.append(
                    Diagnostic(
                        "there is no report named '\(name)'",
                        hint: didYouMean(name, among: all.map(Self.stem)) ?? "reports are files of \(Self.folder)/"
                    )
                )
            }
        }
        if names.isEmpty { paths = all.map { "\(Self.folder)/\($0)" } }
        if names.isEmpty, all.isEmpty {
            problems.append(
                Diagnostic(
                    "there are no reports in \(files.absolute(Self.folder))",
                    hint: "a report is a file of its own, as \(Self.folder)/sales.yml, with a title and charts"
                )
            )
        }
        let reading = Reading(Reading.Surroundings(files: files, variables: variables))
        var reports: [Report] = []
        for path in paths {
            do throws(Diagnostics) {
                let root = try tree(of: path)
                let (report, _) = reading.scoped { ReportSpec.component.read(root, reading) }
                guard var report else { continue }
                report.name = Self.stem(ProjectFiles.name(of: path))
                reports.append(report)
            } catch {
                problems += error.all
            }
        }
        problems += reading.problems
        guard problems.isEmpty else { throw Diagnostics(problems, in: files.root) }
        return reports
    }

    private static func isReport(_ name: String) -> Bool {
        !name.hasPrefix(".") && ProjectLoader.pipelineEndings.contains { name.hasSuffix($0) }
    }

    private static func stem(_ name: String) -> String {
        name.split(separator: ".").dropLast().joined(separator: ".")
    }
}
