/// `- transform:` in a pipeline file.
enum TransformSpec {
    static let transform = Field(
        "transform",
        .name,
        isRequired: true,
        "The table the step makes, and the step's name.",
        example: "articles"
    )
    static let sql = Field(
        "sql",
        .text("a query"),
        "The query, in DuckDB's SQL.",
        example: "SELECT * FROM raw_articles"
    )
    static let file = Field(
        "file",
        .text("a path"),
        "The file that holds the query, in place of `sql`.",
        example: "sql/articles.sql"
    )
    static let materialized = Field(
        "materialized",
        Shape<Materialization>.word,
        default: .table,
        shown: "table",
        "Whether the result is stored, or computed whenever it is read.",
        example: "view"
    )

    static let component = Component<Transform>(
        "a transform step",
        "Makes a table from others by a query.",
        fields: [transform, sql, file, materialized, StepFields.after],
        example: """
            - transform: articles
              sql: |
                SELECT * EXCLUDE (tags), trim(title) AS title
                FROM raw_articles
            """
    ) { reader in
        let query = query(reader)
        let step = Transform(
            reader[transform] ?? "",
            sql: query ?? "",
            file: reader[file],
            materialized: reader[materialized],
            after: reader[StepFields.after]
        )
        return query == nil || step.table.isEmpty ? nil : step
    }

    private static func query(_ reader: FieldReader) -> String? {
        let (text, path) = (reader[sql], reader[file])
        if reader.has(sql), reader.has(file) {
            reader.report("'sql' and 'file' both give the query", atKeyOf: file, hint: "keep one")
        } else if !reader.has(sql), !reader.has(file) {
            reader.reading.report("a transform step needs 'sql' or 'file'", at: reader.place)
        }
        return text ?? path.flatMap { fileContent($0, reader) }
    }

    private static func fileContent(_ path: String, _ reader: FieldReader) -> String? {
        let location = reader.node(of: file)?.location
        do throws(Diagnostic) {
            let content = try reader.reading.surroundings.files.read(path, askedAt: location)
            reader.reading.note(.wholeFile(content.path), at: "sql")
            let text = String(decoding: content.bytes, as: UTF8.self)
            if text.allSatisfy(\.isWhitespace) { reader.report("the file '\(content.path)' is empty", at: file) }
            return text
        } catch {
            reader.reading.report(error.message, at: error.location, hint: error.hint)
            return nil
        }
    }
}

/// `- command:` in a pipeline file.
enum CommandSpec {
    static let command = Field(
        "command",
        .text("a command"),
        isRequired: true,
        "Given to `/bin/sh -c`.",
        example: "./notify.sh"
    )
    static let name = Field(
        "name",
        .name,
        "The step's name; the command's first word when left out.",
        example: "notify"
    )
    static let timeout = Field("timeout", .limit, "How long it may take.", example: "5m")

    static let component = Component<Command>(
        "a command step",
        "Runs a program for its side effect.",
        fields: [command, name, timeout, StepFields.after],
        example: """
            - command: ./notify.sh articles
              name: notify
              after: [articles]
              timeout: 5m
            """
    ) { reader in
        let (name, timeout, after) = (reader[name], reader[timeout], reader[StepFields.after])
        return reader[command].map { Command($0, name: name, timeout: timeout, after: after) }
    }
}
