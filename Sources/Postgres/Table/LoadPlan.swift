package import DuckDB

/// Which source column goes where, and how: decided from the source's columns and the table's description alone.
package struct LoadPlan: Hashable, Sendable {
    /// A column on its way.
    package struct Column: Hashable, Sendable {
        /// The column as the source has it.
        package let source: ResultColumn
        /// The column as the table has it.
        package let target: CopyTarget.Column
        /// How the source's query changes the values first.
        package let conversion: Conversion
    }

    /// What a replaced table's columns become.
    package struct Changes: Hashable, Sendable {
        /// Columns that the table gets.
        package var added: [CopyTarget.Column] = []
        /// Columns whose values no longer fit their type.
        package var retyped: [CopyTarget.Column] = []
        /// Columns that the source no longer has.
        package var removed: [String] = []

        /// Whether the columns stay as they are.
        package var isEmpty: Bool { added.isEmpty && retyped.isEmpty && removed.isEmpty }
    }

    /// The full name, schema included.
    package let table: TableName
    /// What happens to the rows that are there.
    package let mode: LoadMode
    /// The columns to copy, in the source's order.
    package let columns: [Column]
    /// What `replace` does to the table's columns.
    package let changes: Changes
    /// The table as it is; `nil` when the load makes it.
    package let existing: TableDescription?

    /// Matches columns by name: as written, else in any case if only one comes into question.
    ///
    /// - Throws: ``LoadRefusal`` with everything that does not match.
    package init(
        _ request: LoadRequest,
        _ table: TableName,
        existing: TableDescription?
    ) throws(LoadRefusal) {
        var matching = ColumnMatching(request, existing)
        matching.run()
        guard matching.problems.isEmpty else { throw LoadRefusal(table: table, problems: matching.problems) }
        self.table = table
        mode = request.mode
        columns = matching.columns
        changes = matching.changes
        self.existing = existing
    }

    /// The query that gives the columns as the encoder takes them.
    package func projection(of relation: SQL) -> SQL {
        "SELECT \(list: columns.map { $0.conversion.expression(for: $0.source.name) }) FROM \(relation)"
    }

    /// The columns of that query.
    package var projectedColumns: [ResultColumn] {
        columns.map { ResultColumn(name: $0.source.name, type: $0.conversion.result(of: $0.source.type)) }
    }

    /// Whether a row that is there can take another value in the column; new rows take any.
    func isUpdatable(_ name: String) -> Bool {
        existing?.columns.first { $0.name == name }?.isFixed != true
    }

    var targets: [CopyTarget.Column] { columns.map(\.target) }

    /// The key's columns as the table spells them.
    package var key: [String] {
        mode.key.compactMap { name in
            (columns.first { $0.source.name == name } ?? columns.first { $0.target.name == name })?.target.name
        }
    }

    /// Makes a table of the planned columns.
    func creation(of name: TableName, ifMissing: Bool = false) -> SQL {
        var parts = targets.map { "\(identifier: $0.name) \($0.type.sql)" as SQL }
        if case .upsert = mode { parts.append("PRIMARY KEY (\(identifiers: key))") }
        let condition: SQL = ifMissing ? "IF NOT EXISTS" : ""
        return "CREATE TABLE \(condition) \(table: name) (\(list: parts))"
    }
}

/// Goes through the columns once, collecting what fits and what does not.
private struct ColumnMatching {
    let request: LoadRequest
    let existing: TableDescription?
    var columns: [LoadPlan.Column] = []
    var changes = LoadPlan.Changes()
    var problems: [LoadRefusal.Problem] = []

    init(_ request: LoadRequest, _ existing: TableDescription?) {
        self.request = request
        self.existing = existing
    }

    mutating func run() {
        checkKind()
        let names = request.columns.map(\.name)
        for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 {
            problems.append(.duplicateColumn(name))
        }
        guard let existing else {
            columns = request.columns.map(created)
            return checkKey()
        }
        guard problems.isEmpty else { return }
        for column in request.columns { match(column, existing) }
        let given = Set(columns.map(\.target.name))
        for column in existing.columns where !given.contains(column.name) { leaveOut(column) }
        checkKey()
    }

    private mutating func checkKind() {
        guard let existing else { return }
        switch (request.mode, existing.kind) {
        case (.fail, _): problems.append(.tableExists)
        case (_, .table), (_, .partitioned), (.append, .foreign): break
        default: problems.append(.wrongKind(existing.kind))
        }
    }

    private func created(_ column: ResultColumn) -> LoadPlan.Column {
        let type = PostgresType(for: column.type)
        return LoadPlan.Column(
            source: column,
            target: CopyTarget.Column(column.name, type),
            conversion: Conversion(from: column.type, to: type) ?? .cast(.varchar)
        )
    }

    private mutating func match(_ column: ResultColumn, _ existing: TableDescription) {
        guard let target = existing.column(like: column.name) else { return add(column, existing) }
        if target.isGenerated {
            problems.append(.generatedColumn(target.name))
        } else if let conversion = Conversion(from: column.type, to: target.type) {
            let place = CopyTarget.Column(target.name, target.type)
            columns.append(LoadPlan.Column(source: column, target: place, conversion: conversion))
        } else if request.mode == .replace {
            let type = PostgresType(for: column.type)
            let place = CopyTarget.Column(target.name, type)
            changes.retyped.append(place)
            let conversion = Conversion(from: column.type, to: type) ?? .cast(.varchar)
            columns.append(LoadPlan.Column(source: column, target: place, conversion: conversion))
        } else {
            problems.append(.incompatible(column: column.name, from: column.type, to: target.type))
        }
    }

    private mutating func add(_ column: ResultColumn, _ existing: TableDescription) {
        guard request.mode == .replace else {
            return problems.append(.unknownColumn(column.name, known: existing.columns.map(\.name)))
        }
        let planned = created(column)
        changes.added.append(planned.target)
        columns.append(planned)
    }

    /// A column that the source has not: filled by its default, or dropped by `replace`, or required.
    private mutating func leaveOut(_ column: TableDescription.Column) {
        if column.hasDefault || column.isGenerated || request.filled.contains(column.name) { return }
        if request.mode == .replace {
            changes.removed.append(column.name)
        } else if !column.isNullable {
            problems.append(.missingColumn(column.name, column.type))
        }
    }

    private mutating func checkKey() {
        let key = request.mode.key
        let names = key.map { name in
            columns.first { $0.source.name == name || $0.target.name == name }?.target.name
        }
        for (name, found) in zip(key, names) where found == nil { problems.append(.missingKey(name)) }
        let found = names.compactMap(\.self)
        guard let existing, found.count == key.count, case .upsert = request.mode else { return }
        if !existing.uniqueKeys.contains(where: { Set($0) == Set(found) }) {
            let remedy: SQL = "CREATE UNIQUE INDEX ON \(table: existing.name) (\(identifiers: found))"
            problems.append(.noUniqueIndex(key: found, remedy: remedy))
        }
    }
}

extension TableDescription {
    /// The column of a name: as written, else in any case if only one comes into question.
    func column(like name: String) -> Column? {
        if let exact = columns.first(where: { $0.name == name }) { return exact }
        let similar = columns.filter { $0.name.lowercased() == name.lowercased() }
        return similar.count == 1 ? similar[0] : nil
    }
}
