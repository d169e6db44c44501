/// Which tests come along with the nodes that they test.
package enum IndirectSelection: String, Hashable, Sendable, CaseIterable {
    /// Every test of a selected node.
    case eager
    /// Tests whose parents are all selected.
    case cautious
    /// Tests whose parents are selected, or come before what is selected.
    case buildable
    /// None.
    case empty
}

/// One claim about nodes with the neighbours that come along: `2+tag:nightly+`.
package struct SelectionCriterion: Hashable, Sendable {
    /// How far neighbours are followed.
    package enum Reach: Hashable, Sendable {
        case none
        case steps(Int)
        case all
    }

    /// As the user wrote it.
    package var written: String
    /// What it looks at.
    package var method: SelectionMethod
    /// What follows the method behind a point: `materialized` of `config.materialized:table`.
    package var arguments: [String] = []
    /// What is looked for.
    package var value: String
    /// What it reads comes along.
    package var parents = Reach.none
    /// What reads it comes along.
    package var children = Reach.none
    /// `@`: what reads it comes along, with all that those need.
    package var isWithChildrensParents = false
    /// Which tests come along; `nil` leaves it to the command.
    package var indirect: IndirectSelection?
}

/// Which nodes a user wants.
package indirect enum NodeSelector: Hashable, Sendable {
    case criterion(SelectionCriterion)
    case union([NodeSelector])
    /// One word of a command line, whose parts stood between commas.
    case intersection([NodeSelector], written: String?)
    case difference(NodeSelector, minus: NodeSelector)
    /// Unions and intersections of a command line wait for tests' other parents; those of a file do not.
    case waiting(NodeSelector)
}
