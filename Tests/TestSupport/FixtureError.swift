/// Says why a fixture could not do what a test asked of it; such a test fails, it is never skipped.
package struct FixtureError: Error, CustomStringConvertible {
    package let description: String

    /// An error with its whole message.
    package init(_ description: String) {
        self.description = description
    }
}
