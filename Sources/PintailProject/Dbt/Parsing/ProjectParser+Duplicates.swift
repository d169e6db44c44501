extension ProjectParser {
    /// Refuses names that two nodes share, and relations that two would write.
    func checkNames() {
        refuseSpacesInNames()
        let refusesNames = root.flags["require_unique_project_resource_names"]?.bool ?? false
        var names: [String: Node] = [:]
        var relations: [String: Node] = [:]
        let all = manifest.nodes.all
        for place in all.indices where all[place].isReferable {
            let node = all[place]
            let name = "\(node.package).\(node.name)"
            if refusesNames, let other = names[name], node.version.isNull || other.version.isNull {
                problems.append(
                    Diagnostic(
                        "\(node.kind.rawValue) '\(node.name)' is called like a \(other.kind.rawValue), and 'ref' could mean"
                            + " both",
                        at: node.location,
                        hint: "the other is \(other.originalFilePath); rename one of them"
                    )
                )
            }
            names[name] = node
            let relation = RelationStub.text(node.database, node.schema, node.alias).lowercased()
            if let other = relations[relation],
                !refusesNames || other.name != node.name || other.version != node.version
            {
                problems.append(
                    Diagnostic(
                        "\(node.kind.rawValue) '\(node.name)' makes \(node.relationName ?? relation), which"
                            + " \(other.kind.rawValue) '\(other.name)' makes as well",
                        at: node.location,
                        hint: "the other is \(other.originalFilePath); give one of them another alias or schema"
                    )
                )
            }
            relations[relation] = node
        }
    }

    private func refuseSpacesInNames() {
        guard root.flags["require_resource_names_without_spaces"] != false else { return }
        for node in manifest.nodes.all where node.name.utf8.contains(UInt8(ascii: " ")) {
            problems.append(
                Diagnostic(
                    "the name of \(node.kind.rawValue) '\(node.name)' has spaces in it",
                    at: node.location,
                    hint: "write '\(node.name.replacing(" ", with: "_"))', or set"
                        + " 'require_resource_names_without_spaces: false' under 'flags'"
                )
            )
        }
    }

    /// Notes that something is declared twice.
    func noteDouble(_ what: String, _ name: String, at location: SourceLocation, other: SourceLocation) {
        problems.append(
            Diagnostic(
                "there are two \(what) '\(name)'",
                at: location,
                hint: "the other is at \(other.file):\(other.line)"
            )
        )
    }
}
