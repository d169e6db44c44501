extension FieldLocations {
    /// The place of a field's key: what to point at when the key, and not its value, is wrong.
    package func key(_ path: String) -> SourceLocation? { keys[path] ?? self[path] }

    /// The place in a field's text at a UTF-8 offset, as in an error of the query that was written there.
    ///
    /// Exact in `|` blocks, in texts of one line and in files read for a step; elsewhere the field's first character.
    /// `nil` for steps made in Swift.
    package func place(in field: String, text: String, utf8Offset: Int) -> SourceLocation? {
        guard let places = texts[field] else { return self[field] }
        return places.place(of: utf8Offset, in: text)
    }
}
