/// What a text under `from:` or `into:` names: a table of a connection, or a path.
enum TableReference: Equatable {
    case table(connection: String, schema: String?, name: String)
    case path(String)

    /// Tells them apart by the first part: a declared connection's name, or not.
    ///
    /// Gives nothing when the text looks like a table of a connection that nobody declared; that is then reported.
    static func resolve(_ text: String, isFileForced: Bool, at location: SourceLocation?, _ reading: Reading) -> Self? {
        let connections = reading.surroundings.connections
        guard let parts = parts(of: text) else { return .path(text) }
        guard (2...3).contains(parts.count) else {
            return connections[parts[0]] == nil ? .path(text) : reportParts(parts, at: location, reading)
        }
        switch connections[parts[0]] {
        case .postgres:
            return .table(connection: parts[0], schema: parts.count == 3 ? parts[1] : nil, name: parts[parts.count - 1])
        case .s3:
            reading.report(
                "'\(parts[0])' is an object store and has no tables",
                at: location,
                hint: "name an object: s3://bucket/path"
            )
            return nil
        case nil where !reading.surroundings.connectionsAreKnown:
            return .path(text)
        case nil:
            if isFileForced || isFileName(parts[parts.count - 1]) { return .path(text) }
            let near = nearest(to: parts[0], among: connections.keys)
            guard parts.count == 3 || near != nil else { return .path(text) }
            reportUndeclared(parts[0], among: connections, at: location, reading)
            return nil
        }
    }

    private static func reportParts(_ parts: [String], at location: SourceLocation?, _ reading: Reading) -> Self? {
        reading.report(
            "'\(parts[0])' is a connection, and what follows it does not name a table",
            at: location,
            hint: "write \(parts[0]).<table> or \(parts[0]).<schema>.<table>; a file of this name is ./\(parts[0])"
        )
        return nil
    }

    static func reportUndeclared(
        _ name: String,
        among connections: [String: ConnectionSettings],
        at location: SourceLocation?,
        _ reading: Reading
    ) {
        guard reading.surroundings.connectionsAreKnown else { return }
        let known = connections.keys.sorted().joined(separator: ", ")
        reading.report(
            "there is no connection '\(name)'",
            at: location,
            hint: didYouMean(name, among: connections.keys)
                ?? (known.isEmpty ? "declare it under 'connections:'" : "the connections are " + known)
        )
    }

    private static let endings: Set<String> = [
        "csv", "tsv", "txt", "json", "ndjson", "jsonl", "parquet", "pq", "xlsx", "gz", "zst", "bz2", "zip", "xz", "dat",
        "log", "tab", "psv", "xls",
    ]

    private static func isFileName(_ lastPart: String) -> Bool { endings.contains(lastPart.lowercased()) }

    /// The parts of `a.b."c d"`; `nil` for what cannot be a table's name, as a path or an address.
    static func parts(of text: String) -> [String]? {
        var parts: [String] = []
        var rest = Substring(text)
        while true {
            if rest.first == "\"" {
                guard let (part, after) = quotedPart(rest) else { return nil }
                parts.append(part)
                rest = after
            } else {
                let part = rest.prefix { $0 != "." }
                guard isIdentifier(String(part)) else { return nil }
                parts.append(String(part))
                rest = rest.dropFirst(part.count)
            }
            if rest.isEmpty { return parts }
            guard rest.first == "." else { return nil }
            rest = rest.dropFirst()
        }
    }

    /// Two quotes inside stand for one.
    private static func quotedPart(_ text: Substring) -> (String, Substring)? {
        var part = ""
        var rest = text.dropFirst()
        while let character = rest.first {
            rest = rest.dropFirst()
            guard character == "\"" else {
                part.append(character)
                continue
            }
            guard rest.first == "\"" else { return part.isEmpty ? nil : (part, rest) }
            part.append("\"")
            rest = rest.dropFirst()
        }
        return nil
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
    }
}
