package import DuckDB
import Synchronization

/// The functions that read text strictly, known to SQL as `pintail_integer` and so on.
///
/// DuckDB's own casts are generous: `12.5` becomes 13, `007` becomes 7, `2023-01-01 12:30` becomes a day. These take a
/// text only when its value keeps all that was written; otherwise `pintail_X` stops the statement and `pintail_try_X` gives NULL.
package enum StrictText {
    /// What is in every error of `pintail_X`: read in a view, as the user sees it; while a table is filled, a sign to look again.
    static let marker = "its type was taken from the first rows"
    /// What is in the error for a value that does not fit the type the user gave.
    static let misfitMarker = "does not fit the type given in 'types:'"

    /// What a value is told to be, and the way out.
    static func misfit(_ value: String, of column: String, _ type: LogicalType) -> String {
        """
        \(column): '\(value)' is no \(type), but \(marker), as the rows are not stored; settle it in 'types:', or use \
        'strategy: eager'
        """
    }

    /// One database registers the functions once, though many steps begin at the same time.
    private static let registering = Mutex<Void>(())

    /// Makes the functions known to a database; needed before anything is read from views that Pintail made.
    package static func register(_ connection: borrowing Connection) throws(DuckDBError) {
        try registering.withLock { _ throws(DuckDBError) in
            // Asking the catalog takes fifty times as long as a call.
            do throws(DuckDBError) {
                _ = try connection.value("SELECT pintail_kinds('')")
                return
            } catch {
                guard error.kind == .catalog else { throw error }
            }
            // The one that is looked for comes last.
            for function in functions.reversed() { try connection.register(function) }
        }
    }

    private static var functions: [ScalarFunction] {
        [kinds, dateForms, lenient("integer", .bigint) { NumberText.lenientInteger($0) }]
            + [lenient("double", .double) { NumberText.lenientDouble($0) }]
            + [lenient("double_comma", .double) { NumberText.lenientDouble($0, point: UInt8(ascii: ",")) }]
            + lenientTimes
            + FormatText.functions
            + Misfits.allCases.map { form("date", .date, $0) { $0.days } }
            + Misfits.allCases.map { form("timestamp", .timestamp, $0) { $0.timestamp } }
            + TextKind.allCases.flatMap { kind in Misfits.allCases.map { reading(kind, $0) } }
    }

    private static let lenientTimes = [
        lenient("date", .date) { DateText.lenientDate($0) },
        lenient("timestamp", .timestamp) { DateText.lenientTimestamp($0) },
    ]

    /// The kinds a text fits.
    private static let kinds = bits("pintail_kinds") { TextKind.all(of: $0) }

    /// The forms in which a text is a day.
    private static let dateForms = bits("pintail_date_forms") { DateForm.all(of: $0) }

    /// A function that tells what a text fits as a set of bits: `bit_and` over a column leaves what fits every value.
    @inline(__always)
    private static func bits(_ name: String, _ all: @escaping @Sendable (Span<UInt8>) -> UInt64) -> ScalarFunction {
        .ofText(name, returns: .ubigint, all)
    }

    /// A function for what a user asked for: takes more spellings, and gives NULL for what is none.
    private static func lenient<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        _ read: @escaping @Sendable (Span<UInt8>) -> Value?
    ) -> ScalarFunction {
        converting("pintail_lenient_" + name, type, .orNull, read)
    }

    /// A function that reads days of the form whose number is the second argument.
    private static func form<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        _ misfits: Misfits,
        _ value: @escaping @Sendable (CivilTime) -> Value?
    ) -> ScalarFunction {
        let parameters: [LogicalType] = [.varchar, .integer] + (misfits == .orFailNaming ? [.varchar] : [])
        return ScalarFunction(misfits.name("form_" + name), parameters, returns: type) {
            chunk,
            output throws(FunctionFailure) in
            let column = chunk.column(0)
            let texts = column.strings
            let forms = chunk.column(1).values(as: Int32.self)
            for row in 0..<chunk.count {
                if !column.isValid(row) {
                    output.storeNull(at: row)
                } else if let value = DateForm.at(Int(forms[row]))?.read(texts.bytes(row)).flatMap(value) {
                    output.store(value, at: row)
                } else if misfits == .orNull {
                    output.storeNull(at: row)
                } else {
                    let place = misfits == .orFailNaming ? chunk.column(2).strings.string(row) : "a column"
                    throw FunctionFailure(misfit(Excerpt.of(texts.string(row)), of: place, type))
                }
            }
        }
    }

    /// What becomes of a text that is none of a kind.
    private enum Misfits: CaseIterable {
        case orNull
        case orFail
        /// Fails with the column's name, which is the last argument.
        case orFailNaming

        /// What the function is called that does so.
        func name(_ subject: String) -> String {
            switch self {
            case .orNull: "pintail_try_" + subject
            case .orFail: "pintail_" + subject
            case .orFailNaming: "pintail_\(subject)_of"
            }
        }
    }

    private static func reading(_ kind: TextKind, _ misfits: Misfits) -> ScalarFunction {
        let name = misfits.name(kind.name)
        return switch kind {
        case .boolean: converting(name, kind.type, misfits) { TextKind.boolean($0) }
        case .integer: converting(name, kind.type, misfits) { NumberText.integer($0) }
        case .hugeInteger: converting(name, kind.type, misfits) { NumberText.hugeInteger($0) }
        case .double: converting(name, kind.type, misfits) { NumberText.double($0) }
        case .decimalComma:
            converting(name, kind.type, misfits) {
                NumberText.double($0, point: UInt8(ascii: ","))
            }
        case .date: converting(name, kind.type, misfits) { DateText.date($0) }
        case .timestamp: converting(name, kind.type, misfits) { DateText.timestamp($0) }
        case .zonedTimestamp: converting(name, kind.type, misfits) { DateText.zonedTimestamp($0) }
        case .time: converting(name, kind.type, misfits) { DateText.time($0) }
        }
    }

    @inline(__always)
    private static func converting<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        _ misfits: Misfits,
        _ read: @escaping @Sendable (Span<UInt8>) -> Value?
    ) -> ScalarFunction {
        let parameters: [LogicalType] = misfits == .orFailNaming ? [.varchar, .varchar] : [.varchar]
        return ScalarFunction(name, parameters, returns: type) { chunk, output throws(FunctionFailure) in
            let column = chunk.column(0)
            let texts = column.strings
            let hasNoNulls = column.hasNoNulls
            for row in 0..<chunk.count {
                if !hasNoNulls, !column.isValid(row) {
                    output.storeNull(at: row)
                } else if let value = read(texts.bytes(row)) {
                    output.store(value, at: row)
                } else if misfits == .orNull {
                    output.storeNull(at: row)
                } else {
                    let place = misfits == .orFailNaming ? chunk.column(1).strings.string(row) : "a column"
                    throw FunctionFailure(misfit(Excerpt.of(texts.string(row)), of: place, type))
                }
            }
        }
    }
}
