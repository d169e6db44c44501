import DuckDB
import PintailProject
import Postgres

/// Compares a table that is wanted with one that is there, and drafts the difference.
struct TableDrafting {
    private(set) var part: MigrationDraft.Part
    /// The tables as they will be then.
    private(set) var states: [TableName: TableState]

    private let wanted: WantedTable
    private let state: TableState

    init(_ wanted: WantedTable, _ state: TableState, _ parents: [TableName: TableState]) {
        self.wanted = wanted
        self.state = state
        states = parents
        part = MigrationDraft.Part(load: wanted.load)
    }

    mutating func run() {
        if wanted.mode == .fail {
            part.notes.append("\(name.text) is made by the load itself: `mode: fail` wants none to be there")
            return
        }
        for reference in wanted.references { draftParent(of: reference) }
        if let table = state.table {
            if wanted.mode == .replace { return }
            guard [.table, .partitioned].contains(table.kind) else {
                part.notes.append("\(name.text) is no table: what it lacks is for a person to change")
                return
            }
            compare(table)
        } else {
            create()
        }
        for reference in wanted.references { draftForeignKey(reference) }
    }

    private var name: SQL { DraftSQL.table(state.name) }

    private mutating func change(_ up: SQL, back down: SQL) {
        part.changes.append(MigrationDraft.Change(up: up.text, down: down.text))
    }

    // MARK: A table that is not there

    private mutating func create() {
        makeSchema(of: state)
        var columns = wanted.columns.map {
            TableDescription.Column($0.name, $0.type, isNullable: !wanted.key.contains($0.name))
        }
        columns += wanted.references.map { .init($0.column, parentKey($0).type) }
        var lines = columns.map { column -> SQL in
            let null: SQL = column.isNullable ? "" : " NOT NULL"
            return "    \(DraftSQL.name(column.name)) \(column.type.sql)\(null)"
        }
        if let own = wanted.referred {
            lines.insert("    \(DraftSQL.name(own)) uuid PRIMARY KEY DEFAULT gen_random_uuid()", at: 0)
            columns.insert(.init(own, .uuid, isNullable: false, hasDefault: true), at: 0)
        }
        let kind: SQL = wanted.referred == nil ? "PRIMARY KEY" : "UNIQUE"
        if !wanted.key.isEmpty { lines.append("    \(kind) (\(DraftSQL.names(wanted.key)))") }
        change("CREATE TABLE \(name) (\n\(lines, separator: ",\n")\n)", back: "DROP TABLE \(name)")
        if wanted.isGuessed { part.notes.append("types are guessed from the first rows of a text file") }
        var made = state
        made.table = TableDescription(
            state.name,
            columns: columns,
            uniqueKeys: (wanted.referred.map { [[$0]] } ?? []) + (wanted.key.isEmpty ? [] : [wanted.key])
        )
        states[state.name] = made
    }

    private mutating func makeSchema(of state: TableState) {
        guard !state.hasSchema, let schema = state.name.schema else { return }
        let isDrafted = states.values.contains { $0.name.schema == schema && $0.hasSchema }
        if !isDrafted { change("CREATE SCHEMA \(DraftSQL.name(schema))", back: "DROP SCHEMA \(DraftSQL.name(schema))") }
        for key in states.keys where key.schema == schema { states[key]?.hasSchema = true }
        states[state.name, default: state].hasSchema = true
    }

    // MARK: A table that is there

    private mutating func compare(_ table: TableDescription) {
        var columns = table.columns
        for column in wanted.columns {
            guard let existing = Self.find(column.name, in: table.columns) else {
                let added: SQL = "ADD COLUMN \(DraftSQL.name(column.name)) \(column.type.sql)"
                change(
                    "ALTER TABLE \(name) \(added)",
                    back: "ALTER TABLE \(name) DROP COLUMN \(DraftSQL.name(column.name))"
                )
                columns.append(.init(column.name, column.type))
                continue
            }
            if let wider = widen(existing, for: column), let index = columns.firstIndex(of: existing) {
                columns[index] = .init(existing.name, wider, isNullable: existing.isNullable)
            }
        }
        noteRequired(table)
        var keys = table.uniqueKeys
        if wanted.mode == .upsert, !wanted.key.isEmpty {
            let key = wanted.key.map { Self.find($0, in: columns)?.name ?? $0 }
            if !keys.contains(where: { Set($0) == Set(key) }) {
                addUnique(key, to: state.name)
                keys.append(key)
            }
        }
        var compared = state
        compared.table = TableDescription(state.name, kind: table.kind, columns: columns, uniqueKeys: keys)
        states[state.name] = compared
    }

    private static func find(_ name: String, in columns: [TableDescription.Column]) -> TableDescription.Column? {
        columns.first { $0.name == name } ?? columns.first { $0.name.equalsIgnoringCase(name) }
    }

    /// The type that a column gets, when it is to get one.
    private mutating func widen(_ existing: TableDescription.Column, for column: WantedTable.Column) -> PostgresType? {
        let place = DraftSQL.name(existing.name)
        guard let wider = existing.type.widened(for: column.type) else {
            if sourceExpression(for: ResultColumn(name: column.name, type: column.source), to: existing.type) == nil {
                part.notes.append(
                    "\(name.text).\(existing.name) is \(existing.type) and the load brings \(column.source): cast it there, or change the column by hand"
                )
            }
            return nil
        }
        let statement: SQL = "ALTER TABLE \(name) ALTER COLUMN \(place) TYPE \(wider.sql)"
        // Whole numbers in a text file count as BIGINT, however small they are.
        if wanted.isGuessed, column.type == .bigint {
            part.notes.append("if the file's numbers outgrow \(existing.type): \(statement.text);")
            return nil
        }
        change(statement, back: "ALTER TABLE \(name) ALTER COLUMN \(place) TYPE \(existing.type.sql)")
        return wider
    }

    /// Columns that the server requires and the load does not bring.
    private mutating func noteRequired(_ table: TableDescription) {
        let brought = wanted.columns.map(\.name) + wanted.references.map(\.column)
        for column in table.columns where !column.isNullable && !column.hasDefault && !column.isGenerated {
            guard !brought.contains(where: { $0.equalsIgnoringCase(column.name) }) else { continue }
            let place = DraftSQL.name(column.name)
            part.notes.append(
                "\(name.text).\(column.name) takes no NULL and the load does not bring it: give it a DEFAULT, or "
                    + ("ALTER TABLE \(name) ALTER COLUMN \(place) DROP NOT NULL;" as SQL).text
            )
        }
    }

    private mutating func addUnique(_ key: [String], to table: TableName) {
        let constraint = DraftSQL.constraint(table, key, "key")
        change(
            "ALTER TABLE \(DraftSQL.table(table)) ADD CONSTRAINT \(constraint) UNIQUE (\(DraftSQL.names(key)))",
            back: "ALTER TABLE \(DraftSQL.table(table)) DROP CONSTRAINT \(constraint)"
        )
    }

    // MARK: References

    /// The column that others refer to a table by: its primary key where that is one column.
    private func parentKey(_ reference: WantedReference) -> (name: String, type: PostgresType) {
        let table = states[reference.parent]?.table
        let unique = table?.uniqueKeys.first { $0.count == 1 && $0 != reference.matchColumns }?.first
        let name = reference.key ?? unique ?? "id"
        return (name, table?.columns.first { $0.name == name }?.type ?? .uuid)
    }

    /// A parent needs a key of its own, and no two rows that are called the same.
    private mutating func draftParent(of reference: WantedReference) {
        guard let table = states[reference.parent]?.table else { return createParent(of: reference) }
        guard reference.matchesColumns else {
            // Which expressions are unique on the server is not known here.
            part.notes.append("unless there is one: \(uniqueIndex(for: reference).text);")
            return
        }
        guard !table.uniqueKeys.contains(where: { Set($0) == Set(reference.match) }) else { return }
        addUnique(reference.match, to: reference.parent)
        states[reference.parent]?.table = TableDescription(
            table.name,
            kind: table.kind,
            columns: table.columns,
            uniqueKeys: table.uniqueKeys + [reference.match]
        )
    }

    private mutating func createParent(of reference: WantedReference) {
        makeSchema(of: states[reference.parent] ?? TableState(name: reference.parent, hasSchema: true))
        let key = reference.key ?? "id"
        var lines: [SQL] = ["    \(DraftSQL.name(key)) uuid PRIMARY KEY DEFAULT gen_random_uuid()"]
        lines += reference.matchColumns.map { "    \(DraftSQL.name($0)) text NOT NULL" }
        if reference.matchesColumns { lines.append("    UNIQUE (\(DraftSQL.names(reference.match)))") }
        let place = DraftSQL.table(reference.parent)
        change("CREATE TABLE \(place) (\n\(lines, separator: ",\n")\n)", back: "DROP TABLE \(place)")
        if !reference.matchesColumns {
            let index = DraftSQL.constraint(reference.parent, reference.matchColumns, "key")
            change(uniqueIndex(for: reference), back: "DROP INDEX \(DraftSQL.sibling(index, of: reference.parent))")
        }
        let names = reference.matchColumns.map { TableDescription.Column($0, .text, isNullable: false) }
        states[reference.parent] = TableState(
            name: reference.parent,
            hasSchema: true,
            table: TableDescription(
                reference.parent,
                columns: [.init(key, .uuid, isNullable: false, hasDefault: true)] + names,
                uniqueKeys: [[key]] + (reference.matchesColumns ? [reference.match] : [])
            )
        )
    }

    private func uniqueIndex(for reference: WantedReference) -> SQL {
        let index = DraftSQL.constraint(reference.parent, reference.matchColumns, "key")
        let columns = zip(reference.match, reference.matchColumns).map { match, column -> SQL in
            match == column ? DraftSQL.name(column) : SQL(verbatim: "(\(match))")
        }
        return "CREATE UNIQUE INDEX \(index) ON \(DraftSQL.table(reference.parent)) (\(list: columns))"
    }

    private mutating func draftForeignKey(_ reference: WantedReference) {
        guard let table = states[state.name]?.table, !state.foreignKeys.contains([reference.column]) else { return }
        let key = parentKey(reference)
        let column = DraftSQL.name(reference.column)
        if Self.find(reference.column, in: table.columns) == nil {
            change(
                "ALTER TABLE \(name) ADD COLUMN \(column) \(key.type.sql)",
                back: "ALTER TABLE \(name) DROP COLUMN \(column)"
            )
        }
        let constraint = DraftSQL.constraint(state.name, [reference.column], "fkey")
        change(
            """
            ALTER TABLE \(name) ADD CONSTRAINT \(constraint) FOREIGN KEY (\(column)) \
            REFERENCES \(DraftSQL.table(reference.parent)) (\(DraftSQL.name(key.name)))
            """,
            back: "ALTER TABLE \(name) DROP CONSTRAINT \(constraint)"
        )
        states[state.name]?.foreignKeys.append([reference.column])
    }
}
