import Jinja

/// What descriptions can name: `doc('block')`, and all that their package's templates can.
struct DocContext: Globals {
    private let names: ParseContext
    private let docs: Manifest.Table<DocBlock>
    private let root: String
    /// The blocks that were asked for.
    let used = Used()

    /// Unique ids in the order of calls.
    final class Used {
        var ids: [String] = []
    }

    init(_ names: ParseContext, _ docs: Manifest.Table<DocBlock>, root: String) {
        self.names = names
        self.docs = docs
        self.root = root
    }

    func value(named name: String) -> Value? {
        guard name == "doc" else { return names.value(named: name) }
        let (docs, packages, used) = (docs, [names.package, root], used)
        return .function("doc") { arguments, _ in
            let words = try arguments.positional.map { try $0.text }
            let wanted = words.last ?? ""
            let places = words.count > 1 ? [words[0]] : packages + docs.all.map(\.package)
            for package in places {
                guard let doc = docs["doc.\(package).\(wanted)"] else { continue }
                used.ids.append(doc.uniqueID)
                return .string(doc.contents)
            }
            throw TemplateError(
                .raised,
                "there is no docs block '\(wanted)'"
                    + (didYouMean(wanted, among: docs.all.map(\.name)).map { ": " + $0 } ?? "")
            )
        }
    }
}
