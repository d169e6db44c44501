import Drawing

extension DocsSite {
    /// What a browser gets for a request.
    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case "/": return page(overview, title: project)
        case "/graph": return page(wholeGraph, title: "Lineage", current: "/graph")
        case "/search":
            return page(results(for: request.query["q"] ?? ""), title: "Search", query: request.query["q"] ?? "")
        case "/search.json": return HTTPResponse(type: "application/json; charset=utf-8", body: searchIndex)
        case "/style.css": return HTTPResponse(type: "text/css; charset=utf-8", body: PackageResources.docs_css)
        case "/docs.js": return HTTPResponse(type: "text/javascript; charset=utf-8", body: PackageResources.docs_js)
        case "/favicon.ico", "/icon.svg": return HTTPResponse(type: "image/svg+xml", body: Array(Self.icon.utf8))
        default: break
        }
        let prefix = "/node/"
        if request.path.hasPrefix(prefix), let entry = self[String(request.path.dropFirst(prefix.count))] {
            return page(self.page(for: entry), title: entry.name, current: Self.link(entry.id))
        }
        return page(
            "<h1>Not here</h1><p>There is no page at <code>\(request.path)</code>. The <a href=\"/\">overview</a> lists all there are.</p>",
            title: "Not here",
            status: 404
        )
    }

    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1764ab"/>\
        <path d="M7 23c6 0 6-14 12-14h6M7 9h5" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>
        """

    // MARK: The frame of every page

    private func page(
        _ content: Markup,
        title: String,
        current: String = "/",
        query: String = "",
        status: Int = 200
    ) -> HTTPResponse {
        let name = title == project ? title : "\(title) · \(project)"
        let whole: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(name)</title>
            <link rel="icon" href="/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/style.css">
            <script src="/docs.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header class="top">
            <a class="home" href="/">\(project)</a>
            <form role="search" action="/search">
            <label class="hidden" for="q">Search models, columns and descriptions</label>
            <input id="q" name="q" type="search" value="\(query)" placeholder="Search  /" autocomplete="off" \
            role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
            <ul id="found" role="listbox" aria-label="Found" hidden></ul>
            </form>
            <nav aria-label="Views"><a href="/"\(current == "/" ? " aria-current=\"page\"" : "" as Markup)>Overview</a>
            <a href="/graph"\(current == "/graph" ? " aria-current=\"page\"" : "" as Markup)>Lineage</a></nav>
            </header>
            <div class="body">
            <nav class="side" aria-label="All there is"><details open><summary>Contents</summary>\(side(current))</details></nav>
            <main id="content" tabindex="-1">
            \(content)
            </main>
            </div>
            </body>
            </html>

            """
        return HTTPResponse(status: status, type: "text/html; charset=utf-8", body: Array(whole.text.utf8))
    }

    private func side(_ current: String) -> Markup {
        let groups: [Markup] = Self.kinds.compactMap { kind in
            let members = entries.filter { $0.kind == kind }
            guard !members.isEmpty else { return nil }
            let items: [Markup] = members.map { entry in
                let link = Self.link(entry.id)
                let here: Markup = link == current ? " aria-current=\"page\"" : ""
                return "<li><a href=\"\(link)\"\(here)>\(Prose.breakable(entry.name))</a></li>"
            }
            return "<h2>\(Self.plural(kind)) <span>\(members.count)</span></h2><ul>\(items)</ul>"
        }
        return "\(groups)"
    }

    static func plural(_ kind: String) -> String {
        let name = kind == "analysis" ? "analyses" : kind + "s"
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    // MARK: Search

    private func results(for text: String) -> Markup {
        let found = search(text)
        let items: [Markup] = found.prefix(200).map { entry in
            "<li><a href=\"\(Self.link(entry.id))\">\(entry.name)</a> \(badge(entry.kind))<p>\(Prose.firstSentence(entry.description))</p></li>"
        }
        let count = found.count == 1 ? "1 result" : "\(found.count) results"
        return "<h1>Search</h1><p>\(count) for <strong>\(text)</strong></p><ul class=\"results\">\(items)</ul>"
    }

    /// Names, columns and first sentences of all entries, for the search as one types.
    private var searchIndex: [UInt8] {
        var text = "["
        for (index, entry) in entries.enumerated() {
            let fields = [
                entry.name, entry.kind, Self.link(entry.id), entry.columns.map(\.name).joined(separator: " "),
                entry.description + " " + entry.path + " " + entry.tags.joined(separator: " "),
            ]
            text += (index == 0 ? "" : ",\n") + "[" + fields.map(Prose.json).joined(separator: ",") + "]"
        }
        return Array((text + "]\n").utf8)
    }
}
