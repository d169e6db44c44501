import Drawing

extension DocsSite {
    /// More boxes than these are easier to read on a page of their own.
    private static let mostRelatives = 60

    // MARK: Overview

    var overview: Markup {
        let tests = Set(entries.flatMap(\.tests).map(\.id)).count
        let counts: [Markup] =
            Self.kinds.compactMap { kind in
                let count = entries.count { $0.kind == kind }
                return count == 0
                    ? nil : "<li><strong>\(count)</strong> \(count == 1 ? kind : Self.plural(kind).lowercased())</li>"
            } + [tests == 0 ? "" : "<li><strong>\(tests)</strong> \(tests == 1 ? "test" : "tests")</li>"]
        let groups: [Markup] = Self.kinds.compactMap { kind in
            let members = entries.filter { $0.kind == kind }
            return members.isEmpty ? nil : list(members, of: kind)
        }
        let times = [
            generatedAt.isEmpty ? "" : "Generated \(Self.moment(generatedAt)).",
            ranAt.map { "Last run \(Self.moment($0))." } ?? "",
        ]
        let time: Markup = "<p class=\"soft\">\(times.joined(separator: " "))</p>"
        return "<h1>\(project)</h1><ul class=\"counts\">\(counts)</ul>\(groups)\(time)"
    }

    private static func moment(_ time: String) -> String { time.prefix(16).replacing("T", with: " ") + " UTC" }

    private func list(_ members: [DocsEntry], of kind: String) -> Markup {
        let rows: [Markup] = members.map { entry in
            """
            <tr><th scope="row"><a href="\(Self.link(entry.id))">\(entry.name)</a></th>\
            <td>\(Prose.firstSentence(entry.description))</td><td class="n">\(entry.columns.isEmpty ? "" : String(entry.columns.count))</td>\
            <td>\(verdict(entry.tests))</td></tr>
            """
        }
        return """
            <section><h2>\(Self.plural(kind))</h2><div class="table"><table><thead><tr><th scope="col">name</th>\
            <th scope="col">description</th><th scope="col" class="n">columns</th><th scope="col">tests</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></section>
            """
    }

    /// How an entry's tests stand, in a few words.
    private func verdict(_ tests: [DocsEntry.Test]) -> Markup {
        guard !tests.isEmpty else { return "" }
        let bad = tests.count { ["fail", "error"].contains($0.status) }
        let warned = tests.count { $0.status == "warn" }
        if bad > 0 { return "<span class=\"status fail\">\(bad) of \(tests.count) failed</span>" }
        if warned > 0 { return "<span class=\"status warn\">\(warned) of \(tests.count) warned</span>" }
        let passed = tests.count { $0.status == "pass" }
        if passed == tests.count { return "<span class=\"status pass\">\(passed) passed</span>" }
        return passed == 0 ? "\(tests.count)" : "\(passed) of \(tests.count) passed"
    }

    // MARK: Lineage

    var wholeGraph: Markup {
        let shown = entries.filter { $0.kind != "analysis" }
        guard !shown.isEmpty else { return "<h1>Lineage</h1><p>There is nothing to show.</p>" }
        let svg = graph(of: shown.map(\.id), title: "Lineage of \(project)")
        return
            "<h1>Lineage</h1>\(legend(shown))<div class=\"graphs\" tabindex=\"0\" role=\"region\" aria-label=\"Lineage\">\(svg)</div>"
    }

    private func legend(_ shown: [DocsEntry]) -> Markup {
        let items: [Markup] = Self.kinds.filter { kind in shown.contains { $0.kind == kind } }.map {
            "<li class=\"box \($0)\"><i></i>\($0)</li>"
        }
        return "<ul class=\"legend\" aria-hidden=\"true\">\(items)</ul>"
    }

    private func lineage(of entry: DocsEntry) -> Markup {
        let (ids, isWhole) = relatives(of: entry.id, most: Self.mostRelatives)
        guard ids.count > 1 || !isWhole else { return "" }
        let more: Markup =
            isWhole
            ? "" : "<p class=\"soft\">The nearest are shown; <a href=\"/graph\">the whole lineage</a> has more.</p>"
        let svg = graph(of: ids, focus: entry.id, title: "Lineage of \(entry.name)")
        return """
            <section id="lineage"><h2>Lineage</h2>\
            <div class="graphs" tabindex="0" role="region" aria-label="Lineage of \(entry.name)">\(svg)</div>\(more)</section>
            """
    }

    // MARK: An entry

    func page(for entry: DocsEntry) -> Markup {
        let tags: [Markup] = entry.tags.map { "<span class=\"tag\">\($0)</span>" }
        let built: Markup = entry.materialization.map { "<span class=\"tag\">\($0)</span>" } ?? ""
        let facts: [(String, Markup)] = [
            ("Relation", entry.relation.map { "<code>\($0)</code>" } ?? ""),
            ("File", entry.path.isEmpty ? "" : "<code>\(entry.path)</code>"),
            ("Package", entry.package == project ? "" : "\(entry.package)"),
            ("Last run", entry.status.map { "<span class=\"status \(Self.look($0))\">\($0)</span>" } ?? ""),
            ("Reads", links(entry.parents)), ("Read by", links(readers(of: entry.id))),
        ]
        let rows: [Markup] = facts.filter { !$0.1.text.isEmpty }.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }
        let description: Markup =
            entry.description.isEmpty
            ? "<p class=\"soft\">Nobody has described it yet.</p>" : Prose.paragraphs(entry.description)
        return """
            <p class="kind">\(badge(entry.kind)) \(built)\(tags)</p><h1>\(Prose.breakable(entry.name))</h1>
            <div class="prose">\(description)</div>
            <dl class="facts">\(rows)</dl>
            \(lineage(of: entry))\(columns(of: entry))\(tests(of: entry))\(code(of: entry))
            """
    }

    func badge(_ kind: String) -> Markup { "<span class=\"badge \(kind)\">\(kind)</span>" }

    private static func look(_ status: String) -> String {
        switch status {
        case "pass", "success": "pass"
        case "warn": "warn"
        case "fail", "error", "runtime error": "fail"
        default: "other"
        }
    }

    private func links(_ ids: [String]) -> Markup {
        let known = ids.compactMap { self[$0] }
        let links: [Markup] = known.map { "<li><a href=\"\(Self.link($0.id))\">\($0.name)</a></li>" }
        return links.isEmpty ? "" : "<ul class=\"inline\">\(links)</ul>"
    }

    private func columns(of entry: DocsEntry) -> Markup {
        guard !entry.columns.isEmpty else { return "" }
        let rows: [Markup] = entry.columns.map { column in
            let tests: [Markup] = column.tests.map { "<span class=\"tag\">\($0)</span>" }
            return """
                <tr id="column-\(column.name)"><th scope="row"><code>\(column.name)</code></th>\
                <td><code class="type">\(column.type ?? "")</code></td><td>\(Prose.inline(column.description))</td><td>\(tests)</td></tr>
                """
        }
        return """
            <section id="columns"><h2>Columns</h2><div class="table"><table><thead><tr><th scope="col">name</th><th scope="col">type</th>\
            <th scope="col">description</th><th scope="col">tests</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
            """
    }

    private func tests(of entry: DocsEntry) -> Markup {
        guard !entry.tests.isEmpty else { return "" }
        let items: [Markup] = entry.tests.map { test in
            let status: Markup = test.status.map { "<span class=\"status \(Self.look($0))\">\($0)</span>" } ?? ""
            let column: Markup = test.column.map { " <code>\($0)</code>" } ?? ""
            let sql: Markup = test.sql.map { "<pre tabindex=\"0\"><code>\(SQLColors.html($0))</code></pre>" } ?? ""
            return
                "<li><details><summary>\(test.claim)\(column) \(status)</summary><p class=\"soft\">\(test.name)</p>\(sql)</details></li>"
        }
        return "<section id=\"tests\"><h2>Tests</h2><ul class=\"tests\">\(items)</ul></section>"
    }

    private func code(of entry: DocsEntry) -> Markup {
        let parts = [("Source", "source", entry.source), ("Compiled", "compiled", entry.compiled)].compactMap {
            title,
            id,
            sql in
            sql.map { (title, id, $0) }
        }
        let sections: [Markup] = parts.map { title, id, sql in
            "<section id=\"\(id)\"><h2>\(title)</h2><pre tabindex=\"0\"><code>\(SQLColors.html(sql))</code></pre></section>"
        }
        return "\(sections)"
    }
}
