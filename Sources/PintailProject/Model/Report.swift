/// Charts of what a project's tables hold: a file of `reports/`.
package struct Report: Hashable, Sendable {
    /// The file's name without its ending; the report's page is called by it.
    package var name: String
    /// What stands at the top of the page.
    package var title: String
    /// A paragraph under the title.
    package var text: String?
    /// In the order they are drawn.
    package var charts: [Chart]

    /// Describes a report.
    package init(_ name: String, title: String, text: String? = nil, charts: [Chart]) {
        self.name = name
        self.title = title
        self.text = text
        self.charts = charts
    }
}

/// A picture of a query's rows.
package struct Chart: Hashable, Sendable {
    /// How rows become marks.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case line, bar, scatter
    }

    /// How values become heights.
    package enum Scale: String, Hashable, Sendable, CaseIterable {
        case linear, log
    }

    /// What stands above it.
    package var title: String
    /// How rows become marks.
    package var kind: Kind
    /// The query, or a table's name.
    package var query: String
    /// The column that goes from left to right; the query's first when `nil`.
    package var x: String?
    /// The columns that go upwards, a series each; those of numbers after `x` when empty.
    package var y: [String]
    /// The column whose values are series of their own.
    package var series: String?
    /// What values are counted in, as `EUR/kWh`.
    package var unit: String?
    /// What the reader should know; stands below.
    package var note: String?
    /// How values become heights.
    package var scale: Scale
    /// Where each field was written.
    package var locations = FieldLocations()

    /// Describes a chart; columns that are not named are taken in the query's order.
    package init(
        _ title: String,
        kind: Kind = .line,
        query: String,
        x: String? = nil,
        y: [String] = [],
        series: String? = nil,
        unit: String? = nil,
        note: String? = nil,
        scale: Scale = .linear
    ) {
        self.title = title
        self.kind = kind
        self.query = query
        self.x = x
        self.y = y
        self.series = series
        self.unit = unit
        self.note = note
        self.scale = scale
    }
}
