/// A file of `reports/`.
enum ReportSpec {
    static let title = Field(
        "title",
        .text,
        isRequired: true,
        "What stands at the top of the page.",
        example: "Demand and prices"
    )
    static let text = Field(
        "text",
        .text,
        "A paragraph under the title.",
        example: "What customers do when prices move."
    )
    static let charts = Field(
        "charts",
        ChartSpec.shape.list(),
        isRequired: true,
        "The charts, from top to bottom.",
        example: "[{title: Orders by day, query: daily_orders}]"
    )

    static let component = Component<Report>(
        "a report",
        "A file in `reports/`: charts of the project's tables, which `pintail report` writes as one HTML page.",
        fields: [title, text, charts],
        example: """
            title: Demand and prices
            text: What customers do when prices move.
            charts:
              - title: Revenue by week
                query: SELECT week, tariff, revenue_eur FROM tariff_revenue
                y: revenue_eur
                series: tariff
            """
    ) { reader in
        if case .sequence(let items) = reader.node(of: charts)?.content, items.isEmpty {
            reader.report("'charts' is empty", at: charts, hint: "as in - {title: Orders, query: FROM orders}")
        }
        let (title, text, charts) = (reader[title], reader[text], reader[charts])
        return title.map { Report("", title: $0, text: text, charts: charts ?? []) }
    }
}

/// A chart of a report.
enum ChartSpec {
    static let title = Field(
        "title",
        .text,
        isRequired: true,
        "What stands above the chart.",
        example: "Revenue by week"
    )
    static let kind = Field(
        "kind",
        Shape<Chart.Kind>.word,
        default: .line,
        shown: "line",
        "How rows become marks.",
        example: "bar"
    )
    static let query = Field(
        "query",
        .text("a query or a table"),
        isRequired: true,
        "The rows: a query, or a table's name.",
        example: "SELECT week, tariff, revenue_eur FROM tariff_revenue"
    )
    static let x = Field(
        "x",
        .text("a column's name"),
        "The column that goes from left to right: numbers, times or names; the query's first when left out.",
        example: "week"
    )
    static let y = Field(
        "y",
        Shape.text("a column's name").oneOrMany(),
        default: [],
        shown: "the numbers after `x`",
        "The column that goes upwards, or several, each a series.",
        example: "revenue_eur"
    )
    static let series = Field(
        "series",
        .text("a column's name"),
        "The column whose values are series of their own: a line or a colour each.",
        example: "tariff"
    )
    static let unit = Field("unit", .text, "What values are counted in; stands at the axis.", example: "EUR")
    static let note = Field(
        "note",
        .text,
        "What the reader should know; stands below the chart.",
        example: "Without outages."
    )
    static let scale = Field(
        "scale",
        Shape<Chart.Scale>.word,
        default: .linear,
        shown: "linear",
        "How values become heights; `log` for values of very different size, all above zero.",
        example: "log"
    )

    static let component = Component<Chart>(
        "a chart",
        "A picture of a query's rows. Bars begin at zero; what cannot be drawn is counted below the chart.",
        fields: [title, kind, query, x, y, series, unit, note, scale],
        example: """
            charts:
              - title: Elasticity by segment
                kind: bar
                query: price_elasticity
                x: segment
                y: elasticity
                note: Minus 0.3 means that a price 10 % higher lowers demand by 3 %.
            """
    ) { reader in
        if reader.has(series), reader[y].count > 1 {
            reader.report(
                "'series' and several columns under 'y' both say what the series are",
                atKeyOf: series,
                hint: "keep one"
            )
        }
        if reader[scale] == .log, reader[kind] == .bar {
            reader.report(
                "bars begin at zero, which a log scale does not have",
                at: scale,
                hint: "use kind: scatter or line"
            )
        }
        let (title, query) = (reader[title], reader[query])
        guard let title, let query else { return nil }
        return Chart(
            title,
            kind: reader[kind],
            query: query,
            x: reader[x],
            y: reader[y],
            series: reader[series],
            unit: reader[unit],
            note: reader[note],
            scale: reader[scale]
        )
    }

    /// A chart whose places are its own.
    static let shape = Shape<Chart>(wanted: "a mapping", schema: component.schema, parts: [component]) {
        node,
        reading in
        guard node.entries?.isEmpty == false else {
            reading.reportMismatch(node, wanted: "a mapping", hint: "as in - {title: Orders, query: FROM orders}")
            return nil
        }
        let (chart, places) = reading.scoped { component.read(node, reading) }
        guard var chart else { return nil }
        chart.locations = places
        return chart
    }
}
