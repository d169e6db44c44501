/// The claims about one column.
public struct ColumnChecks: Hashable, Sendable {
    /// The column, by its name in the table.
    public var column: String
    /// What is claimed of it, in the order written.
    public var claims: [ColumnClaim]

    /// Claims about one column.
    public init(_ column: String, _ claims: [ColumnClaim]) {
        self.column = column
        self.claims = claims
    }
}

/// One claim about a column, with what its failure means when that differs from the step's.
public struct ColumnClaim: Hashable, Sendable {
    /// What is claimed.
    public enum Kind: Hashable, Sendable {
        case notNull
        /// No value twice; NULLs do not count.
        case unique
        /// NULLs pass: say ``notNull`` as well where they must not.
        case acceptedValues([Scalar])
        case range(ScalarBounds)
        /// Length in characters.
        case length(Bounds)
        /// The whole value matches (RE2 syntax).
        case regex(String)
        /// The value is an address, a date or the like.
        case format(TextFormat)
        /// The column has the type, or is text of which every value can be read as that type.
        case type(ColumnType)
        /// Every value occurs in a column of another table.
        case references(table: String, column: String)
    }

    /// What is claimed.
    public var kind: Kind
    /// What a failure means; as the step says when `nil`.
    public var onFail: FailureAction?

    /// A claim that fails as its step says, unless told otherwise.
    public init(_ kind: Kind, onFail: FailureAction? = nil) {
        self.kind = kind
        self.onFail = onFail
    }

    /// No value is NULL.
    public static let notNull = ColumnClaim(.notNull)
    /// No value occurs twice; NULLs do not count.
    public static let unique = ColumnClaim(.unique)
    /// Every value is one of these; NULLs pass.
    public static func acceptedValues(_ values: [Scalar]) -> ColumnClaim { ColumnClaim(.acceptedValues(values)) }
    /// Every value lies between two, both included; NULLs pass.
    public static func range(min: Scalar? = nil, max: Scalar? = nil) -> ColumnClaim {
        ColumnClaim(.range(ScalarBounds(min: min, max: max)))
    }
    /// Every value has a length in characters between two, both included.
    public static func length(min: Int? = nil, max: Int? = nil) -> ColumnClaim {
        ColumnClaim(.length(Bounds(min: min, max: max)))
    }
    /// Every whole value matches a pattern in RE2 syntax.
    public static func regex(_ pattern: String) -> ColumnClaim { ColumnClaim(.regex(pattern)) }
    /// Every value has a form: is an e-mail address, a URL, a date.
    public static func format(_ format: TextFormat) -> ColumnClaim { ColumnClaim(.format(format)) }
    /// The column has this type, or every value can be read as one.
    public static func type(_ type: ColumnType) -> ColumnClaim { ColumnClaim(.type(type)) }
    /// Every value occurs in a column of another table; NULLs pass.
    public static func references(_ table: String, _ column: String) -> ColumnClaim {
        ColumnClaim(.references(table: table, column: column))
    }
}

/// A form that texts have: an address, a date, a UUID.
///
/// A column of a type that has no other values fulfils it: of ``date(pattern:)`` a date column, of ``uuid`` a UUID column.
public enum TextFormat: Hashable, Sendable {
    /// `ann@example.com`, letters of any script.
    case email
    /// An address with `http`, `https` or `ftp` in front.
    case url
    case uuid
    case ipv4, ipv6
    /// An IPv4 or IPv6 address.
    case ip
    /// `www.example.com`, or one label alone.
    case hostname
    case json
    /// `2024-01-31`, or what a `strptime` pattern says.
    case date(pattern: String? = nil)
    /// `12:30:15`, with a fraction or without.
    case time
    /// `2024-01-31 12:30`, with `T` between, seconds, a fraction, an offset or without, or what a `strptime` pattern says.
    case datetime(pattern: String? = nil)

    /// The format's word in project files.
    public var name: String {
        switch self {
        case .email: "email"
        case .url: "url"
        case .uuid: "uuid"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .ip: "ip"
        case .hostname: "hostname"
        case .json: "json"
        case .date: "date"
        case .time: "time"
        case .datetime: "datetime"
        }
    }

    /// Every format that a word names, in the order of the documentation.
    package static let named: [TextFormat] = [
        .email, .url, .uuid, .date(), .datetime(), .time, .ipv4, .ipv6, .ip, .hostname, .json,
    ]
}
