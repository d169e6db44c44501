package import DuckDB
import Synchronization

/// The functions that read text strictly, known to SQL as `pintail_integer` and so on.
///
/// DuckDB's own casts are generous: `12.5` becomes 13, `007` becomes 7, `2023-01-01 12:30` becomes a day. These take a
/// text only when its value keeps all that was written; otherwise `pintail_X` stops the statement and `pintail_try_X` gives NULL.
package enum StrictText {
    /// What an error of `pintail_X` begins with.
    static let marker = "pintail: no "

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
            + [false, true].flatMap { [form("date", .date, orNull: $0) { $0.days }] }
            + [false, true].flatMap { [form("timestamp", .timestamp, orNull: $0) { $0.timestamp }] }
            + TextKind.allCases.flatMap { [reading($0, orNull: false), reading($0, orNull: true)] }
    }

    /// The kinds a text fits, as a set of bits: `bit_and` over a column leaves those that fit every value.
    private static let kinds = ScalarFunction("pintail_kinds", [.varchar], returns: .ubigint) { chunk, output in
        let column = chunk.column(0)
        let texts = column.strings
        for row in 0..<chunk.count {
            if column.isValid(row) {
                output.store(TextKind.all(of: texts.bytes(row)), at: row)
            } else {
                output.storeNull(at: row)
            }
        }
    }

    /// The forms in which a text is a day, as a set of bits.
    private static let dateForms = ScalarFunction("pintail_date_forms", [.varchar], returns: .ubigint) {
        chunk,
        output in
        let column = chunk.column(0)
        let texts = column.strings
        for row in 0..<chunk.count {
            if column.isValid(row) {
                output.store(DateForm.all(of: texts.bytes(row)), at: row)
            } else {
                output.storeNull(at: row)
            }
        }
    }

    /// A function for what a user asked for: takes more spellings, and gives NULL for what is none.
    private static func lenient<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        _ read: @escaping @Sendable (Span<UInt8>) -> Value?
    ) -> ScalarFunction {
        converting("pintail_lenient_" + name, type, orNull: true, read)
    }

    /// A function that reads days of the form whose number is the second argument.
    private static func form<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        orNull: Bool,
        _ value: @escaping @Sendable (CivilTime) -> Value?
    ) -> ScalarFunction {
        let full = (orNull ? "pintail_try_form_" : "pintail_form_") + name
        return ScalarFunction(full, [.varchar, .integer], returns: type) { chunk, output throws(FunctionFailure) in
            let column = chunk.column(0)
            let texts = column.strings
            let forms = chunk.column(1).values(as: Int32.self)
            for row in 0..<chunk.count {
                if !column.isValid(row) {
                    output.storeNull(at: row)
                } else if let value = DateForm.at(Int(forms[row]))?.read(texts.bytes(row)).flatMap(value) {
                    output.store(value, at: row)
                } else if orNull {
                    output.storeNull(at: row)
                } else {
                    throw FunctionFailure(marker + name)
                }
            }
        }
    }

    private static func reading(_ kind: TextKind, orNull: Bool) -> ScalarFunction {
        switch kind {
        case .boolean: converting(name(kind, orNull), kind.type, orNull: orNull) { TextKind.boolean($0) }
        case .integer: converting(name(kind, orNull), kind.type, orNull: orNull) { NumberText.integer($0) }
        case .hugeInteger: converting(name(kind, orNull), kind.type, orNull: orNull) { NumberText.hugeInteger($0) }
        case .double: converting(name(kind, orNull), kind.type, orNull: orNull) { NumberText.double($0) }
        case .decimalComma:
            converting(name(kind, orNull), kind.type, orNull: orNull) {
                NumberText.double($0, point: UInt8(ascii: ","))
            }
        case .date: converting(name(kind, orNull), kind.type, orNull: orNull) { DateText.date($0) }
        case .timestamp: converting(name(kind, orNull), kind.type, orNull: orNull) { DateText.timestamp($0) }
        case .zonedTimestamp: converting(name(kind, orNull), kind.type, orNull: orNull) { DateText.zonedTimestamp($0) }
        case .time: converting(name(kind, orNull), kind.type, orNull: orNull) { DateText.time($0) }
        }
    }

    private static func name(_ kind: TextKind, _ orNull: Bool) -> String {
        (orNull ? "pintail_try_" : "pintail_") + kind.name
    }

    @inline(__always)
    private static func converting<Value: BitwiseCopyable>(
        _ name: String,
        _ type: LogicalType,
        orNull: Bool,
        _ read: @escaping @Sendable (Span<UInt8>) -> Value?
    ) -> ScalarFunction {
        ScalarFunction(name, [.varchar], returns: type) { chunk, output throws(FunctionFailure) in
            let column = chunk.column(0)
            let texts = column.strings
            let hasNoNulls = column.hasNoNulls
            for row in 0..<chunk.count {
                if !hasNoNulls, !column.isValid(row) {
                    output.storeNull(at: row)
                } else if let value = read(texts.bytes(row)) {
                    output.store(value, at: row)
                } else if orNull {
                    output.storeNull(at: row)
                } else {
                    throw FunctionFailure(marker + name)
                }
            }
        }
    }
}
