/// What a chart shows, read and sorted: series of points over one axis of numbers, times or names.
package struct ChartTable: Hashable, Sendable {
    /// What goes from left to right.
    package enum Across: Hashable, Sendable {
        case numbers
        /// Microseconds since 1970; `isDay` when no value has a time of day.
        case times(isDay: Bool)
        /// Names in the order they came.
        case names([String])
    }

    /// A mark: `x` is a number, a time, or a name's place among the names.
    package struct Point: Hashable, Sendable {
        /// Its place from left to right.
        package var x: Double
        /// `nil` where the row has no value.
        package var y: Double?

        /// A mark, or a gap.
        package init(x: Double, y: Double?) {
            self.x = x
            self.y = y
        }
    }

    /// Points of one colour, in the order of `x` for lines.
    package struct Series: Hashable, Sendable {
        /// What the legend calls it.
        package var name: String
        /// The marks.
        package var points: [Point]

        /// Points of one colour.
        package init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// What goes from left to right.
    package var across: Across
    /// In the order they came.
    package var series: [Series]
    /// What the column from left to right is called.
    package var xName: String
    /// What the values are called; empty where each series says it.
    package var yName: String
    /// What could not be drawn, or was left out, in sentences.
    package var remarks: [String] = []

    /// Series over an axis.
    package init(across: Across, series: [Series], xName: String, yName: String, remarks: [String] = []) {
        self.across = across
        self.series = series
        self.xName = xName
        self.yName = yName
        self.remarks = remarks
    }

    /// Every value that is drawn.
    package var values: [Double] { series.flatMap { $0.points.compactMap(\.y) } }
    /// Every place from left to right.
    package var places: [Double] { series.flatMap { $0.points.map(\.x) } }
    /// Whether there is nothing to draw.
    package var isEmpty: Bool { !series.contains { $0.points.contains { $0.y != nil } } }

    /// More names cannot be read.
    package static let mostNames = 60
    /// More colours cannot be told apart.
    package static let mostSeries = 12
    /// A page stays light, and a screen has no more columns.
    package static let mostPoints = 2_000
}
