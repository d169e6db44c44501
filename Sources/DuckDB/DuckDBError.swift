import CDuckDB
import FoundationEssentials

/// What DuckDB said was wrong, with the statement it said it of.
public struct DuckDBError: Error, Hashable, Sendable {
    /// The groups of failures that callers tell apart.
    public enum Kind: Hashable, Sendable {
        case parser, binder, catalog, conversion, invalidInput, constraint, outOfMemory, io, http, permission
        case transactionConflict, interrupted, fatal
        case other(String)
    }

    /// Which group the failure belongs to.
    public let kind: Kind
    /// DuckDB's words, without its own excerpt and prefix.
    public let message: String
    /// The statement that failed, when there was one.
    public let sql: String?
    /// Where in the statement, in UTF-8 bytes from its start.
    public let offset: Int?
    /// Names that DuckDB would have known in place of the one it did not.
    public let candidates: [String]
    /// The name that was not found.
    public let name: String?

    /// States a failure found outside DuckDB in DuckDB's terms.
    package init(
        _ kind: Kind,
        _ message: String,
        sql: String? = nil,
        offset: Int? = nil,
        candidates: [String] = [],
        name: String? = nil
    ) {
        self.kind = kind
        self.message = kind == .outOfMemory ? Self.withoutAdvice(message) : message
        self.sql = sql
        self.offset = offset
        self.candidates = candidates
        self.name = name
    }

    /// The same error, told of a statement that this one was a part of or has grown into.
    func offset(by distance: Int) -> DuckDBError {
        let offset = offset.map { max(0, $0 + distance) }
        return DuckDBError(kind, message, sql: sql, offset: offset, candidates: candidates, name: name)
    }

    /// Reads what DuckDB reports under `errors_as_json`, or the plain text it falls back to.
    init(reported text: String, sql: String?) {
        // A statement that does not parse comes as "Parser Error: {…}", one that fails before its first row as "Attempting
        // to execute an unsuccessful or closed pending query result\nError: {…}".
        let report = text.hasPrefix("{") ? [] : text.split(separator: "Error: {", maxSplits: 1)
        guard let facts = Facts(json: report.count == 2 ? "{" + report[1] : text) else {
            let (kind, message) = Self.split(plain: text)
            self.init(kind, message, sql: sql)
            return
        }
        self.init(
            Kind(facts.exceptionType),
            facts.exceptionMessage,
            sql: sql,
            offset: facts.position.flatMap { Int($0) },
            candidates: facts.candidates?.split(separator: ",").map { $0.trimmed } ?? [],
            name: facts.name
        )
    }

    /// Whether the same statement may well succeed a moment later.
    public var isTransient: Bool {
        // A commit that the disk refused is told like one that another transaction refused.
        if isDiskFull { return false }
        return switch kind {
        case .transactionConflict, .http: true
        case .io: message.contains("Could not set lock")
        default: false
        }
    }

    /// Whether a disk had no room left.
    package var isDiskFull: Bool { message.contains("No space left on device") }

    /// Leaves out the settings that DuckDB would have its own user change.
    private static func withoutAdvice(_ message: String) -> String {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix { !$0.hasPrefix("Possible solutions") }.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// Takes "Binder Error: no such column" apart.
    private static func split(plain text: String) -> (Kind, String) {
        let parts = text.split(separator: " Error: ", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count < 40 else { return (.other(""), text) }
        return (Kind(String(parts[0])), String(parts[1]))
    }
}

extension DuckDBError: CustomStringConvertible {
    public var description: String { message }
}

extension DuckDBError.Kind {
    fileprivate init(_ name: String) {
        switch name {
        case "Parser", "Syntax": self = .parser
        case "Binder": self = .binder
        case "Catalog": self = .catalog
        case "Conversion", "Mismatch Type", "Out of Range": self = .conversion
        case "Invalid Input": self = .invalidInput
        case "Constraint": self = .constraint
        case "Out of Memory": self = .outOfMemory
        case "IO": self = .io
        case "HTTP": self = .http
        case "Permission": self = .permission
        case "TransactionContext", "Transaction": self = .transactionConflict
        case "INTERRUPT", "Interrupt": self = .interrupted
        case "FATAL", "INTERNAL": self = .fatal
        default: self = .other(name)
        }
    }
}

/// The members of an error under `errors_as_json` that Pintail uses.
private struct Facts: Decodable {
    let exceptionType: String
    let exceptionMessage: String
    let position: String?
    let candidates: String?
    let name: String?

    enum CodingKeys: String, CodingKey {
        case exceptionType = "exception_type"
        case exceptionMessage = "exception_message"
        case position, candidates, name
    }

    init?(json text: String) {
        guard text.utf8.first == UInt8(ascii: "{") else { return nil }
        guard let facts = try? JSONDecoder().decode(Facts.self, from: Data(text.utf8)) else { return nil }
        self = facts
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " })
    }
}
