/// What a node's template asked for while it was rendered.
struct Recording {
    var refs: [RefCall] = []
    var sources: [[String]] = []
    var metrics: [[String]] = []
    /// Configurations in the order of calls.
    var configs: [ConfigObject] = []
    /// Unique ids of macros that the template itself called.
    var macros: [String] = []
    /// Macros that run.
    var depth = 0

    mutating func note(macro: String) {
        guard depth == 0, !macros.contains(macro) else { return }
        macros.append(macro)
    }
}
