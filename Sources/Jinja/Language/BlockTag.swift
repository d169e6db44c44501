/// A tag of the embedder's own that defines something: `{% test name(arguments) %}…{% endtest %}`.
package struct BlockTag: Sendable {
    /// What may stand behind the name.
    package enum Signature: Sendable {
        /// Nothing.
        case none
        /// Parameters in parentheses, as of a macro.
        case parameters
        /// Words and `word=value` after commas.
        case options
    }

    /// The word that begins the tag; `end` before it ends the block.
    package let word: String
    /// What may stand behind the name.
    package let signature: Signature

    /// A tag that begins with `word`.
    package init(_ word: String, _ signature: Signature = .none) {
        self.word = word
        self.signature = signature
    }
}
