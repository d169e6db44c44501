import DuckDB
import PintailOrchestrator

/// How much memory DuckDB's uncompressed storage takes, as its allocation was measured to work.
///
/// Each leaf of a column's type and each validity mask is a row of segments per row group: a first one for 2,048 values, then
/// whole blocks. https://duckdb.org/docs/stable/internals/storage and `duckdb_memory()` of tables of every type.
enum StorageLayout {
    /// DuckDB's row group: 60 vectors of 2,048.
    static let rowGroupRows = 122_880.0
    /// DuckDB's block.
    static let blockBytes = 262_144.0
    /// What a column's first segment holds before blocks are taken.
    static let vectorRows = 2048.0

    /// Values of one width, stored one after another.
    struct Leaf: Hashable {
        /// How many values a row has: 1 outside lists.
        var perRow: Double
        /// What a value takes, its part of a heap of texts included.
        var width: Double
        /// What a value takes in the first segment.
        var slot: Double
        /// Whether the width is that of texts, which a sample only guesses.
        var isText = false
    }

    /// What a table takes, in whole bytes.
    static func size(rows: Double, leaves: [Leaf]) -> Bytes {
        Bytes(Int64(min(bytes(rows: rows, leaves: leaves).rounded(), 9e18)))
    }

    private static func bytes(rows: Double, leaves: [Leaf]) -> Double {
        guard rows > 0 else { return 0 }
        let groups = (rows / rowGroupRows).rounded(.down)
        let full = leaves.reduce(0) { $0 + bytes($1, rows: rowGroupRows) }
        let last = leaves.reduce(0) { $0 + bytes($1, rows: rows - groups * rowGroupRows) }
        return groups * full + last
    }

    private static func bytes(_ leaf: Leaf, rows: Double) -> Double {
        guard rows > 0 else { return 0 }
        let values = leaf.perRow * rows
        let total = values * leaf.width
        let first = vectorRows * leaf.slot
        return total <= first ? first : first + ((total - first) / blockBytes).rounded(.up) * blockBytes
    }
}

extension StorageLayout.Leaf {
    /// One bit a value; every column and part of a column has such a mask.
    static func validity(perRow: Double) -> Self { Self(perRow: perRow, width: 0.125, slot: 1) }

    /// A text: its bytes in a heap and 4 more to find them.
    static func text(perRow: Double, length: Double) -> Self {
        Self(perRow: perRow, width: length + 4, slot: 16, isText: true)
    }

    /// Values of a fixed width.
    static func fixed(perRow: Double, width: Int) -> Self {
        Self(perRow: perRow, width: Double(width), slot: Double(width))
    }
}

extension LogicalType {
    /// The bytes of one value in DuckDB's storage; `nil` for texts and for types with parts.
    var storageWidth: Int? {
        switch self {
        case .boolean, .tinyint, .utinyint: 1
        case .smallint, .usmallint: 2
        case .integer, .uinteger, .float, .date, .null: 4
        case .bigint, .ubigint, .double, .time, .timeNanoseconds, .timeWithZone: 8
        case .timestamp, .timestampSeconds, .timestampMilliseconds, .timestampNanoseconds, .timestampWithZone: 8
        case .hugeint, .uhugeint, .uuid, .interval: 16
        case .decimal(let width, _): width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16
        case .enumeration(let values): values.count <= 256 ? 1 : values.count <= 65_536 ? 2 : 4
        case .varchar, .json, .blob, .bit, .bignum, .other, .list, .array, .structure, .map, .union: nil
        }
    }
}
