/// `- extract_all:` in a pipeline file: an extract for each entry of a list.
enum ExtractAllSpec {
    static let extractAll = Field(
        "extract_all",
        .text("a path"),
        isRequired: true,
        "The JSON file that names tables and where their rows come from: `{\"table\": \"path or glob\"}`, or a list of them.",
        example: "data/table_info.json"
    )

    static let component = Component<[Extract]>(
        "an extract_all step",
        """
        Makes a table of each entry of a JSON file, each by a step of its own with the entry's name. A table holds what its \
        files hold; only files that are new or changed since the last run, by path, size and modification time, are read again.
        """,
        fields: [extractAll, StepFields.after],
        example: "- extract_all: data/table_info.json"
    ) { reader in
        let after = reader[StepFields.after]
        guard let path = reader[extractAll], let list = TableList.read(path, reader) else { return nil }
        return list.extracts(after: after, reader.reading)
    }
}

/// A file of tables with their paths.
private struct TableList {
    let root: ConfigNode

    /// The file's tree, with its variables filled in; `nil` when it cannot be had, which has been reported.
    static func read(_ path: String, _ reader: FieldReader) -> TableList? {
        let reading = reader.reading
        do throws(Diagnostics) {
            let file = try content(path, reader)
            // JSON is a part of YAML: that parser knows the places, and one key from another.
            let (tree, warnings) = try YAMLTree.parse(file)
            var expansion = VariableExpansion(reading.surroundings.variables)
            let root = expansion.expanded(tree)
            // Entries are read all the same, so that every mistake is told at once.
            for problem in expansion.problems {
                reading.report(problem.message, at: problem.location, hint: problem.hint)
            }
            for warning in warnings { reading.warn(warning.message, at: warning.location, hint: warning.hint) }
            return TableList(root: root)
        } catch {
            for problem in error.all { reading.report(problem.message, at: problem.location, hint: problem.hint) }
            return nil
        }
    }

    private static func content(_ path: String, _ reader: FieldReader) throws(Diagnostics) -> SourceFile {
        let location = reader.node(of: ExtractAllSpec.extractAll)?.location
        let file: SourceFile
        do throws(Diagnostic) {
            file = try reader.reading.surroundings.files.read(path, askedAt: location)
        } catch {
            throw Diagnostics([error])
        }
        do throws(JSONMistake) {
            _ = try JSONReader.read(file.bytes)
        } catch {
            let place = file.location(offset: min(error.offset, file.bytes.count))
            throw Diagnostics([
                Diagnostic("'\(file.path)' is not JSON: \(error.message)", at: place, hint: shape)
            ])
        }
        return file
    }

    private static let shape = "it looks like {\"readings\": \"data/readings.parquet\"}"

    /// One extract for each entry that is right; what is wrong with the others is reported.
    func extracts(after: [String], _ reading: Reading) -> [Extract]? {
        guard let entries = root.entries else {
            reading.report("a list of tables must be a JSON object", at: root.location, hint: Self.shape)
            return nil
        }
        if entries.isEmpty { reading.report("the list names no table", at: root.location, hint: Self.shape) }
        return entries.compactMap { entry in
            let (found, places) = reading.scoped { paths(of: entry, reading) }
            guard let found else { return nil }
            return Extract(
                entry.key,
                from: .files(found),
                incremental: .mirror,
                after: after,
                locations: places
            )
        }
    }

    private func paths(of entry: ConfigEntry, _ reading: Reading) -> [String]? {
        reading.note(at: entry.keyLocation, "")
        let name = ConfigNode(content: .scalar(.text(entry.key)), location: entry.keyLocation)
        let table: String? = reading.descend(to: entry.key, into: name) { Shape<String>.name.read(name, reading) }
        let paths = reading.descend(to: "from", keyLocation: entry.keyLocation, into: entry.value) { () -> [String]? in
            let paths = Shape.text("a path").oneOrMany().read(entry.value, reading)
            if paths?.isEmpty == true {
                reading.report("'\(entry.key)' names no file", at: entry.value.location, hint: Self.shape)
            }
            return paths
        }
        guard let paths, !paths.isEmpty, table != nil else { return nil }
        if let pipe = paths.first(where: { $0 == "-" }) {
            reading.report("'\(pipe)' is no file that could be read again", at: entry.value.location)
            return nil
        }
        return paths
    }
}
