import DuckDB
import PintailOrchestrator

/// The query that measures texts and lists of a sample, and what its answer says of the columns' storage.
struct StorageSample {
    private let columns: [ResultColumn]
    private var measures: [SQL] = []
    private var plans: [Plan] = []

    /// A leaf whose numbers are known, or are found in the answer at an index.
    private enum Plan {
        case fixed(width: Int, count: Count)
        case text(count: Count, bytes: Int)
        case validity(Count)
    }

    /// How many values a row has: one, or as many as the answer says.
    private indirect enum Count {
        case one
        case measured(Int)
    }

    /// Where values are found: in the row itself, or as a list of all that lie in the row's lists.
    fileprivate enum Place {
        case value(SQL)
        case list(SQL)
    }

    /// Plans the measuring of columns.
    init(_ columns: [ResultColumn]) {
        self.columns = columns
        for column in columns {
            plan(column.type, at: .value("\(identifier: column.name)"), count: .one)
        }
    }

    /// One row of totals over a sample: how many rows, how long they are as text, then what is measured of columns.
    func query(over sample: SQL) -> SQL {
        let lengths: [SQL] = columns.map { "coalesce(strlen(CAST(\(identifier: $0.name) AS VARCHAR)), 0) + 1" }
        return """
            SELECT \(list: ["count(*)", "CAST(sum(\(lengths, separator: " + ")) AS DOUBLE)"] + measures) FROM \(sample)
            """
    }

    /// Reads the answer.
    func read(_ answer: [Value]) -> SampledRows {
        let rows = answer[0].number ?? 0
        return SampledRows(
            rows: RowCount(Int64(rows)),
            textLength: (answer[1].number ?? 0) / max(1, rows),
            leaves: leaves(answer.dropFirst(2).map { $0.number ?? 0 }, rows: max(1, rows))
        )
    }

    private func leaves(_ totals: [Double], rows: Double) -> [StorageLayout.Leaf] {
        func total(_ index: Int) -> Double { totals[index] }
        func perRow(_ count: Count) -> Double {
            if case .measured(let index) = count { total(index) / rows } else { 1 }
        }
        return plans.map { plan in
            switch plan {
            case .fixed(let width, let count): .fixed(perRow: perRow(count), width: width)
            case .validity(let count): .validity(perRow: perRow(count))
            case .text(let count, let bytes):
                .text(perRow: perRow(count), length: total(bytes) / max(1, perRow(count) * rows))
            }
        }
    }

    private mutating func add(_ plan: Plan) { plans.append(plan) }

    private mutating func measure(_ sql: SQL) -> Int {
        measures.append("CAST(coalesce(sum(\(sql)), 0) AS DOUBLE)")
        return measures.count - 1
    }

    private mutating func plan(_ type: LogicalType, at place: Place, count: Count) {
        add(.validity(count))
        switch type {
        case .structure(let fields), .union(let fields):
            if case .union = type { add(.fixed(width: 1, count: count)) }
            for field in fields { plan(field.type, at: place.part(field.name, of: type), count: count) }
        case .list(let element):
            add(.fixed(width: 8, count: count))
            planElements(element, of: place.elements)
        case .array(let element, _): planElements(element, of: place.cast(to: .list(element)).elements)
        case .map(let key, let value):
            add(.fixed(width: 8, count: count))
            let keys = place.applying("map_keys").elements
            planElements(.structure([]), of: keys)
            planElements(key, of: keys)
            planElements(value, of: place.applying("map_values").elements)
        default:
            if let width = type.storageWidth {
                add(.fixed(width: width, count: count))
            } else {
                add(.text(count: count, bytes: measure(place.bytes(of: type))))
            }
        }
    }

    private mutating func planElements(_ type: LogicalType, of elements: SQL) {
        plan(type, at: .list(elements), count: .measured(measure("len(\(elements))")))
    }
}

extension StorageSample.Place {
    /// A named part of each value.
    fileprivate func part(_ name: String, of type: LogicalType) -> Self {
        if case .union = type { return each { "union_extract(\($0), \(literal: name))" } }
        return each { "struct_extract(\($0), \(literal: name))" }
    }

    /// What a function makes of each value.
    fileprivate func applying(_ function: SQL) -> Self { each { "\(function)(\($0))" } }

    fileprivate func cast(to type: LogicalType) -> Self {
        each { "CAST(\($0) AS \(SQL(verbatim: type.description)))" }
    }

    /// All elements of the lists that stand here, as one list a row.
    fileprivate var elements: SQL {
        switch self {
        case .value(let sql): sql
        case .list(let sql): "flatten(\(sql))"
        }
    }

    /// The bytes of all texts or blobs that stand here in one row.
    fileprivate func bytes(of type: LogicalType) -> SQL {
        let bytes = each { type == .blob ? "octet_length(\($0))" : "strlen(CAST(\($0) AS VARCHAR))" }
        return switch bytes {
        case .value(let sql): sql
        case .list(let sql): "list_sum(\(sql))"
        }
    }

    private func each(_ change: (SQL) -> SQL) -> Self {
        switch self {
        case .value(let sql): .value(change(sql))
        case .list(let sql): .list("list_transform(\(sql), lambda e: \(change("e")))")
        }
    }
}
