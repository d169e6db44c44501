/// Why a node failed, as far as people and retries need to know.
public struct NodeFailure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The whole chain of reasons, outermost first, joined by `: `.
    public let message: String
    /// What the user can do about it.
    public let hint: String?
    /// What state the data is in now: `rolled back; public.orders unchanged`.
    public let dataState: String?
    /// Whether the same work may succeed when it is tried again.
    public let isTransient: Bool
    /// The reasons under the outermost one, each in its own words.
    public let causes: [String]
    /// What the checks of this node found, when they are why it failed.
    public let checks: [CheckOutcome]

    /// Describes a failure.
    public init(
        message: String,
        hint: String? = nil,
        dataState: String? = nil,
        isTransient: Bool = false,
        causes: [String] = [],
        checks: [CheckOutcome] = []
    ) {
        self.message = message
        self.hint = hint
        self.dataState = dataState
        self.isTransient = isTransient
        self.causes = causes
        self.checks = checks
    }

    /// The message.
    public var description: String { message }

    private enum CodingKeys: String, CodingKey {
        case message, hint, causes, checks
        case dataState = "data_state"
        case isTransient = "is_transient"
    }
}
