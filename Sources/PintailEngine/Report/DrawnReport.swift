package import Drawing
package import DuckDB
package import PintailOrchestrator
package import PintailProject

/// A report whose charts have been drawn from the rows that were there.
package struct DrawnReport: Sendable {
    /// A chart with its picture.
    package struct Picture: Sendable {
        /// What was to be shown.
        package let chart: Chart
        /// What its rows were.
        package let table: ChartTable
        /// The picture, ready to be put on a page.
        package let drawing: ChartDrawing

        /// How many marks there are.
        package var marks: Int { table.values.count }
    }

    /// What was to be drawn.
    package let report: Report
    /// The charts in its order.
    package let pictures: [Picture]

    /// Runs the queries of a report, and draws.
    ///
    /// - Throws: ``Diagnostics`` with every mistake in its queries; `DuckDBError` when one of them fails as it runs.
    package init(_ report: Report, on connection: borrowing Connection) throws {
        self.report = report
        var problems: [Diagnostic] = []
        var pictures: [Picture] = []
        for chart in report.charts {
            do {
                let table = try ChartQuery(chart, connection).table(connection)
                pictures.append(Picture(chart, table))
            } catch let mistakes as Diagnostics {
                problems += mistakes.all
            } catch let error as DuckDBError {
                throw StepError("the query of chart '\(chart.title)' failed", cause: error)
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        self.pictures = pictures
    }

    /// The report as one page that needs nothing beside it.
    package func page(project: String, at time: Timestamp) -> Markup {
        ReportPage(report: self, project: project, time: time).markup
    }
}

extension DrawnReport.Picture {
    fileprivate init(_ chart: Chart, _ table: ChartTable) {
        self.chart = chart
        self.table = table
        let marks: ChartDrawing.Marks =
            switch chart.kind {
            case .line: .line
            case .bar: .bar
            case .scatter: .scatter
            }
        drawing = ChartDrawing(chart.title, table: table, marks: marks, isLog: chart.scale == .log, unit: chart.unit)
    }
}
