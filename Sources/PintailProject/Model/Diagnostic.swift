/// A mistake in what the user wrote: what is wrong, where, and the way out.
public struct Diagnostic: Error, Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Sendable {
        case error, warning
    }

    /// How bad it is.
    public var severity: Severity
    /// One sentence without a full stop: "model 'orders' refers to 'custmers', which does not exist".
    public var message: String
    /// Where it is; `nil` when no file is to blame.
    public var location: SourceLocation?
    /// The way out: "did you mean 'customers'?".
    public var hint: String?

    /// States a mistake.
    public init(
        _ message: String,
        at location: SourceLocation? = nil,
        hint: String? = nil,
        severity: Severity = .error
    ) {
        self.severity = severity
        self.message = message
        self.location = location
        self.hint = hint
    }
}

/// All the mistakes of a project, thrown at once and sorted by file and line.
public struct Diagnostics: Error, Hashable, Sendable {
    /// By file, line and column.
    public let all: [Diagnostic]
    /// The folder that the places' files are named from, where it is known.
    package var directory: String?

    /// Sorts by file, line and column; mistakes without a place come first, and one told twice is told once.
    public init(_ diagnostics: [Diagnostic]) {
        all = Set(diagnostics).sorted { ($0.sortKey, $0.message) < ($1.sortKey, $1.message) }
    }

    /// Mistakes whose files are named from a folder.
    package init(_ diagnostics: [Diagnostic], in directory: String) {
        self.init(diagnostics)
        self.directory = directory
    }
}

extension Diagnostic {
    fileprivate var sortKey: (String, Int, Int) {
        (location?.file ?? "", location?.line ?? 0, location?.column ?? 0)
    }
}

private func < (left: ((String, Int, Int), String), right: ((String, Int, Int), String)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
}
