/// A list that is shared by everything that names it.
package final class ListObject {
    /// What is in it, in order.
    package var values: [Value]

    /// A list of `values`.
    package init(_ values: [Value] = []) { self.values = values }
}
