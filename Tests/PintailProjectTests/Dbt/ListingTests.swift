import Testing

@testable import PintailProject

@Suite struct ListingTests {
    private static let folder = Golden.repository + "/Tests/Golden/Dbt/Selection/bakery/"

    private static let cases: [(form: ListingForm, keys: [String], select: [String]?, file: String)] = [
        (.name, [], nil, "list.name.txt"),
        (.path, [], nil, "list.path.txt"),
        (.selector, [], nil, "list.selector.txt"),
        (.json, [], ["daily", "source:till.sales", "exposure:board", "adds_up"], "list.json.txt"),
        (
            .json, ["name", "config.materialized", "nothing", "tags"], ["daily", "loaf.v1", "source:till.sales"],
            "list.keys.txt"
        ),
    ]

    @Test(arguments: cases.indices)
    func `nodes are written as dbt writes them`(index: Int) throws {
        let (form, keys, select, file) = Self.cases[index]
        let graph = try SelectionAnswers(folder: Self.folder).graph
        let selector = try SelectorParser.parse(select: select)
        let found = try NodeSelection(in: graph).nodes(selector, kinds: NodeListing.standardKinds).nodes
        let lines = NodeListing(form: form, keys: keys).lines(of: found, in: graph)
        #expect(lines.map { $0 + "\n" }.joined() == Golden.text(Self.folder + file))
    }
}
