import DuckDB
import PintailProject

/// What becomes of each of a source's columns.
struct ColumnPlan {
    /// One column on its way into the table.
    struct Column: Hashable {
        let source: ResultColumn
        let name: String
        var conversion: Conversion
        /// Whether the user gave the type: only then is a value that does not fit the row's fault, and not the guess's.
        var isGiven = false

        var type: LogicalType { conversion.type(from: source.type) }
    }

    private(set) var columns: [Column]
    private let decimals: Int?
    private let emptyIsNoValue: Bool
    private let grouping: NumberGrouping?

    /// Settles names and the types the user gave.
    init(_ extract: Extract, _ source: some RowSource, _ connection: borrowing Connection) throws {
        let names = source.columns.map(\.name)
        let renamed = try ColumnNames.renamed(names, by: extract.rename, at: extract.locations)
        decimals = extract.decimals
        emptyIsNoValue = source.emptyIsNoValue
        grouping = source.grouping
        columns = zip(source.columns, renamed).map { Column(source: $0, name: $1, conversion: .keep) }
        try take(extract, connection)
    }

    /// Adds what was found out about the columns that the user gave no type.
    mutating func fill(_ conversions: [Conversion]) {
        for (index, conversion) in conversions.enumerated() where columns[index].conversion == .keep {
            columns[index].conversion = conversion
        }
    }

    private mutating func take(_ extract: Extract, _ connection: borrowing Connection) throws {
        var mistakes: [Diagnostic] = []
        for (name, type) in extract.types.sorted(by: { $0.key < $1.key }) {
            let place = extract.locations["types." + name]
            guard let index = index(of: name) else {
                let hint = ColumnNames.hint(for: name, among: columns.map(\.name))
                mistakes.append(
                    Diagnostic("the table has no column '\(name)' to give a type to", at: place, hint: hint)
                )
                continue
            }
            do {
                let known = try connection.describe("SELECT CAST(NULL AS \(SQL(verbatim: type.sql)))")[0].type
                columns[index].conversion = Self.given(known, columns[index].source.type, extract)
                columns[index].isGiven = true
            } catch {
                let hint = nearest(to: type.name, among: ColumnType.names).map { "did you mean '\($0)'?" }
                mistakes.append(Diagnostic("'\(type.name)' is not a type", at: place, hint: hint))
            }
        }
        if !mistakes.isEmpty { throw Diagnostics(mistakes) }
    }

    /// How a type the user gave is reached; dates in a form the user gave are read by it.
    private static func given(_ type: LogicalType, _ source: LogicalType, _ extract: Extract) -> Conversion {
        switch (type, extract.csv.dateFormat, extract.csv.timestampFormat) {
        case (.date, let format?, _) where source == .varchar: .formatted(format, .date)
        case (.timestamp, _, let format?) where source == .varchar: .formatted(format, .timestamp)
        default: .given(type, from: source, comma: extract.csv.decimalSeparator == ",")
        }
    }

    private func index(of name: String) -> Int? {
        columns.firstIndex { $0.name == name } ?? columns.firstIndex { $0.name.lowercased() == name.lowercased() }
            ?? columns.firstIndex { $0.source.name == name }
    }

    /// Conditions that are true of rows with a value that does not fit the type that the user gave.
    var misfits: [SQL] {
        columns.filter(\.isGiven).compactMap { $0.conversion.misfit(input(of: $0)) }
    }

    /// The conversions to types that the user gave.
    var givenConversions: [Conversion] { columns.map { $0.isGiven ? $0.conversion : .keep } }

    /// The condition for rows to be taken.
    func condition(_ cursor: CursorFilter, _ locations: FieldLocations) throws -> SQL {
        guard let column = columns.first(where: { $0.name.lowercased() == cursor.column.lowercased() }) else {
            let hint = ColumnNames.hint(for: cursor.column, among: columns.map(\.name))
            throw Diagnostics([
                Diagnostic(
                    "there is no column '\(cursor.column)' for a cursor",
                    at: locations["incremental"],
                    hint: hint
                )
            ])
        }
        return cursor.condition(column.conversion.strict(input(of: column)), column.type)
    }

    /// Adds the dates found in columns of text.
    mutating func fill(_ dates: [String: DateColumns.Finding]) {
        for index in columns.indices where columns[index].conversion == .keep {
            if case .dates(let conversion) = dates[columns[index].name] { columns[index].conversion = conversion }
        }
    }

    /// The table's columns that hold text and were not asked to.
    var textColumns: [Column] { columns.filter { $0.conversion == .keep && $0.source.type == .varchar } }

    /// The source's columns that are stored as text.
    var storedTexts: [ResultColumn] { columns.filter { $0.type == .varchar }.map(\.source) }

    /// The SELECT list.
    ///
    /// - Parameter source: what errors call the source of a view, which is read when nobody thinks of the extract.
    func expressions(readIn source: String?) -> [SQL] {
        columns.map { column in
            let place = source.map { PlaceSearch.phrase(column.name, of: $0) }
            let value = column.conversion.strict(input(of: column), naming: place)
            return "\(rounded(value, column.type)) AS \(identifier: column.name)"
        }
    }

    private func input(of column: Column) -> SQL {
        column.conversion.input(
            "\(identifier: column.source.name)",
            emptyIsNoValue: emptyIsNoValue,
            grouping: grouping
        )
    }

    /// The table's columns.
    var tableColumns: [ResultColumn] { columns.map { ResultColumn(name: $0.name, type: $0.type) } }

    private func rounded(_ value: SQL, _ type: LogicalType) -> SQL {
        guard let decimals else { return value }
        switch type {
        case .float, .double: return "round(\(value), \(literal: decimals))"
        case .decimal(_, let scale) where scale > decimals: return "round(\(value), \(literal: decimals))"
        default: return value
        }
    }
}

extension ColumnType {
    /// Names that people write, for "did you mean".
    fileprivate static let names = [
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "string",
        "bool",
        "date", "datetime", "timestamp", "timestamptz", "time", "decimal", "uuid", "json", "blob", "interval",
        "integer", "bigint", "double", "varchar", "boolean",
    ]
}
