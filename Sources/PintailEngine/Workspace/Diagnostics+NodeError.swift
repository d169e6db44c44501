import PintailOrchestrator
package import PintailProject

/// Mistakes of the project that only the source could bring to light, met in the middle of a run.
extension Diagnostics: NodeError {
    /// Each with its place in front.
    package var message: String {
        all.map { mistake in
            let place = mistake.location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
            return place + mistake.message
        }.joined(separator: "; ")
    }

    /// What is to be done about each.
    package var hint: String? {
        let hints = all.compactMap(\.hint)
        return hints.isEmpty ? nil : hints.joined(separator: "; ")
    }

    /// Another attempt would find the same mistakes.
    package var isTransient: Bool { false }
}
