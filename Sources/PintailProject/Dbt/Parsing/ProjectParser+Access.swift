extension ProjectParser {
    /// Refuses references to models that keep to their group or package, and warns of those that go away.
    func checkAccess() {
        let groups = Set(manifest.groups.all.map(\.name))
        let all = manifest.nodes.all
        // Most models are for everyone and stay: only who reads the others is looked at.
        let special = all.indices.filter { place in
            all[place].kind == .model
                && (all[place].access == "private" || all[place].deprecationDate != nil
                    || restrictsAccess(all[place].package))
        }
        let ids = Set(special.map { all[$0].uniqueID })
        for place in all.indices {
            checkGroup(of: all[place], groups)
            checkOpenness(of: all[place])
            checkPromise(of: all[place])
            guard !ids.isEmpty, all[place].dependsOnNodes.contains(where: ids.contains) else { continue }
            for model in models(all[place].dependsOnNodes.filter(ids.contains)) {
                checkAccess(of: all[place], to: model)
                warn(of: model, readBy: all[place])
            }
        }
        for resource in manifest.metrics.all + manifest.semanticModels.all + manifest.savedQueries.all {
            guard let group = resource.config["group"]?.string else { continue }
            check(group, of: "\(resource.kind.words) '\(resource.name)'", at: resource.location, groups)
        }
        for exposure in manifest.exposures.all {
            for model in models(exposure.dependsOnNodes) where model.access == "private" {
                refuse("exposure '\(exposure.name)'", exposure.location, secrecy(of: model))
            }
        }
    }

    private func models(_ ids: [String]) -> [Node] {
        ids.compactMap { manifest.nodes[$0] }.filter { $0.kind == .model }
    }

    /// Generic tests have the group of what they test.
    private func checkGroup(of node: Node, _ groups: Set<String>) {
        guard let group = node.group, node.test == nil else { return }
        check(group, of: "\(node.kind.words) '\(node.name)'", at: node.location, groups)
    }

    private func check(_ group: String, of subject: String, at location: SourceLocation, _ groups: Set<String>) {
        guard !groups.contains(group) else { return }
        problems.append(
            Diagnostic(
                "\(subject) is of the group '\(group)', which does not exist",
                at: location,
                hint: didYouMean(group, among: groups) ?? "declare it under 'groups:' of a property file"
            )
        )
    }

    /// A contract promises columns that an incremental model's table has to follow, or the model to fail.
    private func checkPromise(of node: Node) {
        guard node.kind == .model, node.materialization == "incremental", node.config["contract"]?["enforced"] == true,
            let reaction = node.config["on_schema_change"]?.string,
            !["append_new_columns", "fail"].contains(reaction)
        else { return }
        problems.append(
            Diagnostic(
                "model '\(node.name)' is incremental and has a contract, which on_schema_change '\(reaction)' does not keep",
                at: node.location,
                hint: "set on_schema_change to append_new_columns or fail"
            )
        )
    }

    /// What is public can be read by others: an ephemeral model leaves nothing that they could read.
    private func checkOpenness(of node: Node) {
        guard node.kind == .model, let access = node.access else { return }
        let known = ["private", "protected", "public"]
        if !known.contains(access) {
            problems.append(
                Diagnostic(
                    "model '\(node.name)' has the access '\(access)', which there is not",
                    at: node.location,
                    hint: didYouMean(access, among: known) ?? "it is private, protected or public"
                )
            )
        }
        guard access == "public", node.isEphemeral else { return }
        problems.append(
            Diagnostic(
                "model '\(node.name)' is ephemeral, and cannot be public",
                at: node.location,
                hint: "materialize it as a view, or give it another 'access:'"
            )
        )
    }

    private func checkAccess(of node: Node, to model: Node) {
        let isAbroad = node.package != model.package && restrictsAccess(model.package)
        let subject = "\(node.kind.rawValue) '\(node.name)'"
        if model.access == "private", node.group == nil || node.group != model.group || isAbroad {
            refuse(subject, place(of: model.name, in: node), secrecy(of: model))
        } else if model.access == "protected", isAbroad {
            refuse(
                subject,
                place(of: model.name, in: node),
                "'\(model.name)', which only the package '\(model.package)' itself may read"
            )
        }
    }

    private func secrecy(of model: Node) -> String {
        "'\(model.name)', which is private"
            + (model.group.map { " to the group '\($0)'" } ?? " and of no group that could read it")
    }

    private func restrictsAccess(_ package: String) -> Bool {
        package != root.name && packages.contains { $0.name == package && $0.restrictsAccess }
    }

    private func refuse(_ subject: String, _ location: SourceLocation, _ what: String) {
        problems.append(
            Diagnostic(
                "\(subject) refers to \(what)",
                at: location,
                hint: "put both into one group, or give the model another 'access:'"
            )
        )
    }

    /// Tells who reads a model that goes away, or has gone away by its own date.
    private func warn(of model: Node, readBy node: Node) {
        guard let date = model.deprecationDate, node.package == root.name, node.test == nil else { return }
        let isOver = date.prefix(10) < CalendarDay.text(secondsSince1970: now).prefix(10)
        let title = model.name + (model.version.isNull ? "" : ".v" + model.version.plainText)
        let isOld = !model.version.isNull && model.version.plainText != model.latestVersion.plainText
        problems.append(
            Diagnostic(
                "\(node.kind.rawValue) '\(node.name)' reads '\(title)', which "
                    + (isOver ? "was deprecated on" : "will be deprecated on") + " \(date.prefix(10))",
                at: place(of: model.name, in: node),
                hint: isOld ? "the latest version is \(model.latestVersion.plainText)" : nil,
                severity: .warning
            )
        )
    }
}

/// Days as they are written: `2024-01-31`.
enum CalendarDay {
    /// The day of a moment, in UTC.
    ///
    /// Howard Hinnant's algorithm: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
    static func text(secondsSince1970 seconds: Double) -> String {
        let days = Int((seconds / 86400).rounded(.down)) + 719_468
        let era = days / 146_097
        let day = days % 146_097
        let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let number = month < 10 ? month + 3 : month - 9
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let whole = year + era * 400 + (number <= 2 ? 1 : 0)
        return "\(padded(whole, 4))-\(padded(number, 2))-\(padded(dayOfYear - (153 * month + 2) / 5 + 1, 2))"
    }
}
