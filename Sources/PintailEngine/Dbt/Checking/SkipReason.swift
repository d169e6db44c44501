/// Why nothing could be said of a node.
package enum SkipReason: Hashable, Sendable {
    /// Its SQL is made of rows: `run_query` and the like.
    case asksData
    /// Its columns are made of values, as by PIVOT without IN.
    case makesColumnsOfValues
    /// It is written in something else than SQL.
    case language(String)
    /// It is built in a way that binding says nothing of.
    case materialization(String)
    /// It refers to what does not exist, which was told when the project was read.
    case refersToNothing
    /// Of what it reads, this is not known; nodes and sources by unique id.
    case reads(String)

    /// In a few words; nil where something else is the reason.
    package var words: String? {
        switch self {
        case .asksData: "its SQL depends on what the data are"
        case .makesColumnsOfValues: "it makes columns of values in the data"
        case .language(let name): "it is written in \(name)"
        case .materialization(let name): "'\(name)' builds it in a way of its own"
        case .refersToNothing: "it refers to what does not exist"
        case .reads: nil
        }
    }
}
