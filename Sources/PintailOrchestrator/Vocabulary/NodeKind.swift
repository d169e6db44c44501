/// What a node does; the words of the project files.
public enum NodeKind: String, Sendable, Codable, CaseIterable {
    case extract, check, transform, load, command, model, seed, snapshot, test
}
