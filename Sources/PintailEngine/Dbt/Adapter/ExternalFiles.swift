import DuckDB
import Jinja

/// Files that external models write, and how they are read again.
enum ExternalFiles {
    /// The files of a location: what lies in its folders where rows are kept apart by value.
    static func reading(_ call: AdapterCall) throws -> String {
        let location = try call.text(0, "location")
        let options = try self.options(call, 1)
        let partitions = try options["partition_by"].map { try $0.text } ?? ""
        let format = try options["format"]?.text.lowercased() ?? ending(of: location)
        var place = location
        let isSpread = try options["per_thread_output"]?.isTrue ?? false
        if !partitions.isEmpty || isSpread {
            let depth = partitions.isEmpty ? 1 : partitions.split(separator: ",").count + 1
            place += String(repeating: "/*", count: depth) + "." + format
        }
        let quoted: SQL = "\(literal: place)"
        guard !partitions.isEmpty else { return quoted.text }
        let reader = format == "csv" ? "read_csv" : format == "json" ? "read_json" : "read_parquet"
        return "\(reader)(\(quoted.text), hive_partitioning = true)"
    }

    /// What stands in COPY's parentheses.
    static func writing(_ call: AdapterCall) throws -> String {
        let options = try self.options(call, 1)
        let location = try call.text(0, "location")
        var parts: [String] = []
        if options["format"] == nil { parts.append("format \(ending(of: location))") }
        for (key, value) in options.items {
            let name = try key.text
            let text = try value.text
            parts.append(name == "partition_by" && !text.hasPrefix("(") ? "partition_by (\(text))" : "\(name) \(text)")
        }
        return parts.joined(separator: ", ")
    }

    /// Whether something can be read there.
    static func exists(_ call: AdapterCall) throws -> Bool {
        let location = try call.text(0, "location")
        // What reads files, or names them in quotes, stands for itself.
        let isSQL = location.hasPrefix("'") || location.hasSuffix(")")
        let place: SQL = isSQL ? SQL(verbatim: location) : "\(literal: location)"
        do {
            _ = try call.warehouse().columns(of: "SELECT 1 FROM \(place.text)")
            return true
        } catch let error as DuckDBError where error.kind != .interrupted {
            return false
        }
    }

    /// Where the files are written before they have their place.
    static func draft(_ call: AdapterCall) throws -> String {
        let draft = try ExternalDraft(of: call.text(0, "location"))
        try draft.prepare(replacing: call.arguments[1, "replaces"]?.isTrue ?? true)
        call.context.draft = draft
        return draft.path
    }

    /// Puts files in their place, or notes that it is to be done when the model's tests have passed.
    static func publish(_ call: AdapterCall) throws {
        let draft = try ExternalDraft(of: call.text(0, "location"))
        let keeps = try call.arguments.named("keeps")?.isTrue ?? false
        let dropped = try call.arguments.named("dropped")?.elements().map { try $0.text } ?? []
        let kept: ExternalDraft.Kept = keeps ? .all(except: dropped) : .none
        guard call.context.node.published != nil else {
            try draft.publish(kept)
            call.context.draft = nil
            return
        }
        let query = SQL(verbatim: try call.text(1, "query"))
        call.context.publication = ExternalPublication(draft: draft, kept: kept, query: query)
        call.context.draft = nil
    }

    private static func options(_ call: AdapterCall, _ place: Int) throws -> DictObject {
        if case .dict(let options)? = call.arguments[place, "write_options"] { options } else { DictObject() }
    }

    private static func ending(of location: String) -> String {
        let name = location.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return "parquet" }
        let ending = name[name.index(after: dot)...].lowercased()
        return ["csv", "json", "parquet"].contains(ending) ? ending : "parquet"
    }
}
