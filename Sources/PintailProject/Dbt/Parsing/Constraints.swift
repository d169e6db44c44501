/// What a contract promises, in the form that manifests keep.
enum Constraints {
    /// A constraint with everything that it may say, in dbt's order.
    static func whole(_ written: ConfigValue, ofModel isOfModel: Bool) -> ConfigValue {
        var whole: ConfigObject = [
            "type": written["type"], "name": written["name"], "expression": written["expression"],
            "warn_unenforced": written["warn_unenforced"].isNull ? true : written["warn_unenforced"],
            "warn_unsupported": written["warn_unsupported"].isNull ? true : written["warn_unsupported"],
            "to": written["to"], "to_columns": .list(written["to_columns"].items),
        ]
        if isOfModel { whole["columns"] = .list(written["columns"].items) }
        return .object(whole)
    }

    /// The fingerprint of what a model promises; dbt takes it of what Python prints of columns and constraints.
    static func checksum(of node: Node) -> String {
        var parts = node.columns.sorted { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) }.map
        {
            column in
            let constraints = column.constraints.map { pythonText($0, ofModel: false) }.joined(separator: ", ")
            return "|\(column.name)\(column.dataType ?? "None")[\(constraints)]"
        }
        // Constraints hold where rows are stored: only there does the promise reach so far.
        if let materialized = node.config["materialized"]?.string, ["table", "incremental"].contains(materialized) {
            let constraints = node.constraints.map { pythonText($0, ofModel: true) }.joined(separator: ", ")
            parts.append("\(materialized)[\(constraints)]")
        }
        return Digest.sha256(parts.joined().utf8)
    }

    private static func pythonText(_ constraint: ConfigValue, ofModel isOfModel: Bool) -> String {
        let type = constraint["type"].plainText
        let rest =
            ["name", "expression", "warn_unenforced", "warn_unsupported", "to", "to_columns"]
            + (isOfModel ? ["columns"] : [])
        let facts = ["type=<ConstraintType.\(type): '\(type)'>"] + rest.map { "\($0)=\(constraint[$0].pythonText)" }
        return "\(isOfModel ? "Model" : "Column")LevelConstraint(\(facts.joined(separator: ", ")))"
    }
}

/// Dates and times as manifests write them.
enum MomentText {
    /// `2024-01-01` as `2024-01-01T00:00:00+00:00`.
    static func whole(_ written: String) -> String {
        guard written.utf8.count >= 10 else { return written }
        let day = written.prefix(10)
        var time = String(written.dropFirst(10)).trimmed
        if time.hasPrefix("T") { time.removeFirst() }
        if time.isEmpty { return day + "T00:00:00+00:00" }
        let hasZone = time.hasSuffix("Z") || time.contains("+") || time.contains("-")
        if time.hasSuffix("Z") { time = String(time.dropLast()) + "+00:00" }
        return "\(day)T\(time)" + (hasZone ? "" : "+00:00")
    }
}
