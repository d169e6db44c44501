import Drawing
import DuckDB
import PintailOrchestrator
import PintailProject

/// Gathers rows into series, and counts what cannot be drawn.
struct ChartReading {
    private let chart: Chart
    private let across: LogicalType.Across
    private let names: [String]
    private var series: [String] = []
    private var points: [String: [ChartTable.Point]] = [:]
    private var categories: [String] = []
    private var places: [String: Int] = [:]
    private var remarks: [String] = []
    private var withoutPlace = 0
    private var withoutValue = 0
    private var notFinite = 0
    private var hasTimeOfDay = false

    init(chart: Chart, across: LogicalType.Across, names: [String]) {
        self.chart = chart
        // A bar has a width: what it stands on is a name, but for times, which keep their distance.
        self.across = chart.kind == .bar && across == .number ? .name : across
        self.names = names
    }

    mutating func remark(_ text: String) { remarks.append(text) }

    /// Takes a row: its place, its series, its values.
    mutating func add(_ row: [Value], hasSeries: Bool) {
        guard let x = place(of: row[0]) else {
            withoutPlace += 1
            return
        }
        for (index, name) in names.enumerated() {
            let key = hasSeries ? row[1].text ?? "(none)" : name
            if points[key] == nil { series.append(key) }
            points[key, default: []].append(ChartTable.Point(x: x, y: value(row[2 + index])))
        }
    }

    private mutating func place(of value: Value) -> Double? {
        switch across {
        case .number: return value.number.flatMap { $0.isFinite ? $0 : nil }
        case .time:
            guard let time = value.number, time.isFinite else { return nil }
            if time.truncatingRemainder(dividingBy: 86_400_000_000) != 0 { hasTimeOfDay = true }
            return time
        case .name:
            let name = value.label
            if let known = places[name] { return Double(known) }
            places[name] = categories.count
            categories.append(name)
            return Double(categories.count - 1)
        }
    }

    private mutating func value(_ value: Value) -> Double? {
        guard let number = value.number else {
            withoutValue += 1
            return nil
        }
        guard number.isFinite, chart.scale == .linear || number > 0 else {
            notFinite += 1
            return nil
        }
        return number
    }

    /// What was gathered, in the order it is drawn.
    func table(xName: String, isDay: Bool) -> ChartTable {
        var table = ChartTable(
            across: {
                switch across {
                case .number: .numbers
                case .time: .times(isDay: isDay || !hasTimeOfDay)
                case .name: .names(categories)
                }
            }(),
            // Colours stay with their names whatever order rows come in.
            series: (chart.series == nil ? series : series.sorted()).map {
                ChartTable.Series(name: $0, points: points[$0] ?? [])
            },
            xName: xName,
            yName: names.count == 1 ? names[0] : "",
            remarks: remarks
        )
        table.remarks += missing
        table.limitNames()
        table.limitSeries()
        if chart.kind == .line || across != .name { table.sortPoints() }
        table.limitPoints(chart.kind)
        return table
    }

    private var missing: [String] {
        var sentences: [String] = []
        if withoutPlace > 0 { sentences.append("\(counted(withoutPlace, "row")) without a value of x left out.") }
        if withoutValue > 0 {
            let effect = chart.kind == .line ? ": gaps in the line" : ", not drawn"
            sentences.append("\(counted(withoutValue, "missing value"))\(effect).")
        }
        if chart.kind == .bar, repeated > 0 {
            let lies = repeated == 1 ? "lies" : "lie"
            sentences.append(
                "\(counted(repeated, "bar")) \(lies) over another: the query gives several rows for one place."
            )
        }
        if notFinite > 0 {
            let what = chart.scale == .log ? "not above zero" : "not finite"
            sentences.append("\(counted(notFinite, "value")) \(what), not drawn.")
        }
        return sentences
    }

    /// Rows for a place that has one already.
    private var repeated: Int {
        points.values.reduce(0) { $0 + $1.count - Set($1.map(\.x)).count }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(RowCount(count)) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension Value {
    /// As it stands at an axis of names.
    fileprivate var label: String {
        switch self {
        case .null: "(none)"
        case .number(let number): NumberLabel.plain(number)
        case .boolean, .integer, .text: description
        }
    }
}

// MARK: What a picture can hold

extension ChartTable {
    fileprivate mutating func limitNames() {
        guard case .names(let names) = across, names.count > Self.mostNames else { return }
        across = .names(Array(names.prefix(Self.mostNames)))
        for index in series.indices { series[index].points.removeAll { $0.x >= Double(Self.mostNames) } }
        series.removeAll { $0.points.isEmpty }
        remarks.append("The first \(Self.mostNames) of \(RowCount(names.count)) names are shown.")
    }

    fileprivate mutating func limitSeries() {
        guard series.count > Self.mostSeries else { return }
        remarks.append("The first \(Self.mostSeries) of \(series.count) series are shown.")
        series = Array(series.prefix(Self.mostSeries))
    }

    fileprivate mutating func sortPoints() {
        // Stable: what came first stays first where places are the same.
        for index in series.indices {
            series[index].points = series[index].points.enumerated()
                .sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
        }
    }

    fileprivate mutating func limitPoints(_ kind: Chart.Kind) {
        guard kind != .bar, series.contains(where: { $0.points.count > Self.mostPoints }) else { return }
        let before = series.reduce(0) { $0 + $1.points.count }
        for index in series.indices {
            series[index].points =
                kind == .line ? Self.thinnedLine(series[index].points) : Self.thinned(series[index].points)
        }
        let after = series.reduce(0) { $0 + $1.points.count }
        let way = kind == .line ? "the least and greatest of each stretch" : "evenly chosen"
        remarks.append("\(RowCount(after)) of \(RowCount(before)) points are drawn, \(way).")
    }

    private static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > mostPoints else { return points }
        return (0..<mostPoints).map { points[$0 * points.count / mostPoints] }
    }

    /// Keeps every peak: of each stretch its least and its greatest value, in their order, and one gap if it has any.
    private static func thinnedLine(_ points: [Point]) -> [Point] {
        guard points.count > mostPoints else { return points }
        let stretches = mostPoints / 2
        return (0..<stretches).flatMap { stretch -> [Point] in
            let range = stretch * points.count / stretches..<(stretch + 1) * points.count / stretches
            let drawn = range.filter { points[$0].y != nil }
            guard let low = drawn.min(by: { points[$0].height < points[$1].height }),
                let high = drawn.max(by: { points[$0].height < points[$1].height })
            else { return Array(points[range].prefix(1)) }
            let kept = low == high ? [low] : [min(low, high), max(low, high)]
            return kept.map { points[$0] }
        }
    }
}

extension ChartTable.Point {
    fileprivate var height: Double { y ?? 0 }
}
