/// Why a node is built again, or why not.
package enum ChangeReason: Hashable, Sendable {
    case neverBuilt
    case template, macro(String), variable(String), compiled
    case config, seedFile
    /// A parent is built.
    case input(String)
    /// A source holds something else, or nobody knows what it held.
    case source(String), unknownSource(String)
    case missingTable, changedTable, unknownTable
    case surroundings
    /// The same inputs do not give the same result, for a reason in words.
    case unsteady(String)
    case failedBefore

    /// In a few words, with the names that nodes have for people.
    package func words(_ name: (String) -> String) -> String {
        switch self {
        case .neverBuilt: "it was not built before, or not by this program"
        case .template: "its SQL changed"
        case .macro(let id): "the macro \(id.split(separator: ".").last ?? "") changed"
        case .variable(let name): "the variable \(name) changed"
        case .compiled: "its compiled SQL changed, as the database or the environment answers otherwise"
        case .config: "its configuration changed"
        case .seedFile: "its file changed"
        case .input(let id): "it reads \(name(id)), which is built"
        case .source(let id): "it reads \(name(id)), which changed"
        case .unknownSource(let id): "it reads \(name(id)), and nobody knows whether that changed"
        case .missingTable: "its table is gone"
        case .changedTable: "its table was changed by something else"
        case .unknownTable: "the database was written to since, and nobody knows whether its table changed"
        case .surroundings: "versions or settings changed"
        case .unsteady(let why): why
        case .failedBefore: "it failed, warned or was not finished the last time"
        }
    }
}
