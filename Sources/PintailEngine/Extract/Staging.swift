import DuckDB
import PintailOrchestrator
import PintailProject

/// Turns a source's rows into a staged table: names, types, and what is to be done when a value does not fit.
struct Staging {
    let extract: Extract
    let strategy: LoadStrategy
    let cursor: CursorFilter?
    let run: RunID
    /// The columns of the table that the rows will be added to; empty when they take its place.
    var existing: [ResultColumn] = []
    /// Tells where rows that do not fit stand.
    var finder: RowFinder?
    /// Whether there is memory enough to look for bad rows while the others are stored.
    var looksBeside = false

    /// What was staged.
    struct Outcome {
        /// `nil` for a view.
        var rows: RowCount?
        var columns: [ResultColumn] = []
        var warnings: [String] = []
        var quarantined: RowCount?
        /// The numbers of rows that were read and put aside, among all that could be read, counted from 1.
        var putAside: [Int] = []
        var positions: [Position] = []
    }

    private var staging: TableName { StagedTable.staging(for: extract.table) }

    /// Builds the staging table, or view, and leaves nothing behind when it throws.
    func build(_ source: inout some RowSource, _ connection: borrowing Connection) throws -> Outcome {
        do {
            return try attempt(&source, connection)
        } catch {
            // The first error is the one to tell.
            try? StagedTable.drop(staging, connection)
            try? Quarantine.withdraw(table: extract.table, connection)
            throw error
        }
    }

    private func attempt(_ source: inout some RowSource, _ connection: borrowing Connection) throws -> Outcome {
        var sampled: [Conversion]?
        while true {
            do {
                var plan = try ColumnPlan(extract, source, connection)
                let found = try source.conversions(of: sampled != nil, connection)
                plan.fill(found)
                if extract.dates == .auto, strategy != .eager { try fillDates(&plan, source, connection) }
                var outcome = Outcome(columns: plan.tableColumns)
                let (rows, bad) = try create(plan, source, connection)
                outcome.rows = rows
                if let sampled { outcome.warnings += try changes(from: sampled, to: found, plan, source, connection) }
                try complete(&outcome, plan, source, bad, connection)
                try fit(existing, connection)
                return outcome
            } catch let error as DuckDBError {
                // No other way of reading helps, and no file is to blame.
                if error.isDiskFull { throw error }
                let isMisfit = error.message.contains(StrictText.misfitMarker)
                if isMisfit, let misfit = try misfit(source, connection) {
                    throw misfit
                } else if sampled == nil, isMisfit || error.message.contains(StrictText.marker) {
                    sampled = try source.conversions(of: false, connection)
                } else if try !source.recover(from: error, connection) {
                    throw source.explain(error, connection)
                }
            }
        }
    }

    private func create(
        _ plan: ColumnPlan,
        _ source: some RowSource,
        _ connection: borrowing Connection
    ) throws -> (rows: RowCount?, bad: BadRowSearch.Finding?) {
        try StagedTable.drop(staging, connection)
        // A source that had to be rewritten meanwhile is gone with the spool.
        let isStored = strategy == .eager || source.goneAfterRun != nil
        var conditions: [SQL] = []
        if extract.onBadRows == .quarantine { conditions += plan.misfits.map { "NOT \($0)" } }
        if let cursor { conditions.append(try plan.condition(cursor, extract.locations)) }
        let filter: SQL = conditions.isEmpty ? "" : " WHERE \(conditions, separator: " AND ")"
        let expressions = plan.expressions(readIn: isStored ? nil : source.name)
        let query: SQL = "SELECT \(list: expressions) FROM \(source.rows)\(filter)"
        if !isStored {
            try connection.execute("CREATE VIEW \(table: staging) AS \(query)")
            if strategy == .streaming { try StagedTable.markStreaming(staging, connection) }
            return (nil, nil)
        }
        let store: SQL = "CREATE TABLE \(table: staging) AS \(query)"
        guard let csv = source as? CSVSource,
            try TextVariety.isGreat(in: plan.storedTexts, of: csv, connection)
        else { return try self.store(store, plan, source, connection) }
        return try connection.withoutDictionaries { try self.store(store, plan, source, connection) }
    }

    private func store(
        _ store: SQL,
        _ plan: ColumnPlan,
        _ source: some RowSource,
        _ connection: borrowing Connection
    ) throws -> (rows: RowCount?, bad: BadRowSearch.Finding?) {
        guard extract.onBadRows == .quarantine else { return (RowCount(try connection.execute(store)), nil) }
        try Rejects.forget(connection)
        guard looksBeside, let csv = source as? CSVSource else {
            return (RowCount(try connection.execute(store)), nil)
        }
        return try self.store(store, lookingFor: BadRowSearch(csv, plan, extract), connection)
    }

    /// Stores the rows and finds the bad ones at the same time: storing is a thread's work, and takes three times as long.
    private func store(
        _ store: SQL,
        lookingFor search: BadRowSearch,
        _ connection: borrowing Connection
    ) throws -> (rows: RowCount?, bad: BadRowSearch.Finding?) {
        try connection.withSibling { sibling in
            let (count, found) = try both {
                do {
                    return try connection.execute(store)
                } catch {
                    sibling.interrupter.interruptUntilReset()
                    throw error
                }
            } and: {
                // What went wrong is met again by whoever looks alone, or the rows are not stored either.
                Result { try search.find(sibling) }
            }
            return (RowCount(count), try? found.get())
        }
    }

    /// What is done once the rows are there: dates in text, bad rows, the cursor's new position.
    private func complete(
        _ outcome: inout Outcome,
        _ plan: ColumnPlan,
        _ source: some RowSource,
        _ bad: BadRowSearch.Finding?,
        _ connection: borrowing Connection
    ) throws {
        if extract.onBadRows == .quarantine {
            let rejects = Rejects(extract: extract, run: run, finder: finder)
            let (count, misfits) = try rejects.putAside(source, plan, bad, connection)
            outcome.quarantined = RowCount(count)
            outcome.putAside = misfits
        }
        if extract.dates == .auto, outcome.rows != nil {
            outcome.warnings += try convertDates(plan, source, connection)
            outcome.columns = try connection.describe("FROM \(table: staging)")
        }
        guard let cursor else { return }
        let greatest = try connection.value(
            "SELECT CAST(max(\(identifier: cursor.column)) AS VARCHAR) FROM \(table: staging)"
        )
        if let value = greatest.text { outcome.positions = [Position(key: cursor.key, value: value)] }
        let index = plan.columns.firstIndex { $0.name == cursor.column }
        if let index {
            let column = plan.columns[index].source.name
            let missing = try connection.value(
                "SELECT count(*) FROM \(source.rows) WHERE \(identifier: column) IS NULL"
            )
            if let count = missing.integer, count > 0 {
                outcome.warnings.append(
                    count == 1
                        ? "1 row without a value in the cursor '\(cursor.column)' is not taken"
                        : "\(RowCount(count)) rows without a value in the cursor '\(cursor.column)' are not taken"
                )
            }
        }
    }

    /// Gives the staged rows the types of the table they will be added to, where no value loses by it.
    private func fit(_ existing: [ResultColumn], _ connection: borrowing Connection) throws {
        guard !existing.isEmpty else { return }
        for column in try connection.describe("FROM \(table: staging)") {
            guard let old = existing.first(where: { $0.name.lowercased() == column.name.lowercased() }),
                old.type != column.type
            else { continue }
            let value: SQL = "\(identifier: column.name)"
            let cast = SafeCast.from(column.type, value, to: old.type)
            let misfit = try connection.rows(
                "SELECT CAST(\(value) AS VARCHAR) FROM \(table: staging) WHERE \(value) IS NOT NULL AND \(cast) IS NULL LIMIT 1"
            ).first?.first?.text
            if let misfit {
                throw StepError(
                    "column '\(column.name)' is \(old.type) in the table, and the new rows have '\(Excerpt.of(misfit))'",
                    hint: "'--full-refresh' builds the table anew; 'types:' settles a column's type for good"
                )
            }
            let type = SQL(verbatim: old.type.description)
            try connection.execute(
                "ALTER TABLE \(table: staging) ALTER COLUMN \(value) TYPE \(type) USING \(cast)"
            )
        }
    }

    /// Decides on dates by the first rows; a later value of another form stops the query that meets it.
    private func fillDates(_ plan: inout ColumnPlan, _ source: some RowSource, _ connection: borrowing Connection)
        throws
    {
        let columns = plan.textColumns
        let renamed = columns.map { "\(identifier: $0.source.name) AS \(identifier: $0.name)" as SQL }
        guard !renamed.isEmpty else { return }
        let rows: SQL = "(SELECT \(list: renamed) FROM \(source.rows) LIMIT \(literal: TypeInference.sampleRows))"
        let dates = DateColumns(rows: rows, emptyIsNoValue: source.emptyIsNoValue)
        plan.fill(try dates.find(columns.map(\.name), connection))
    }

    /// Decides on dates by all rows, which are in the table already.
    private func convertDates(
        _ plan: ColumnPlan,
        _ source: some RowSource,
        _ connection: borrowing Connection
    ) throws -> [String] {
        let names = plan.textColumns.map(\.name)
        let emptyIsNoValue = source.emptyIsNoValue
        let dates = DateColumns(rows: "\(table: staging)", emptyIsNoValue: emptyIsNoValue)
        let found = try dates.find(names, connection)
        var warnings: [String] = []
        for name in names {
            switch found[name] {
            case .dates(let conversion):
                let type = SQL(verbatim: conversion.type(from: .varchar).description)
                let text = conversion.input("\(identifier: name)", emptyIsNoValue: emptyIsNoValue)
                try connection.execute(
                    """
                    ALTER TABLE \(table: staging) ALTER COLUMN \(identifier: name) TYPE \(type)
                    USING \(conversion.strict(text))
                    """
                )
            case .ambiguous: warnings.append(DateColumns.warning(name))
            case nil: break
            }
        }
        return warnings
    }

    /// Tells which columns have other types than their first rows promised.
    private func changes(
        from sampled: [Conversion],
        to found: [Conversion],
        _ plan: ColumnPlan,
        _ source: some RowSource,
        _ connection: borrowing Connection
    ) throws -> [String] {
        try plan.columns.indices.compactMap { index in
            guard plan.columns[index].conversion == found[index], sampled[index] != found[index],
                sampled[index] != .unseen
            else { return nil }
            var only = sampled.map { _ in Conversion.keep }
            only[index] = sampled[index]
            guard let misfit = try source.misfit(only, connection) else { return nil }
            let before = sampled[index].type(from: .varchar)
            let after = plan.columns[index].type
            return """
                column '\(plan.columns[index].name)' began as \(before), but \(misfit.place) has \
                '\(Excerpt.of(misfit.value))'; it is \(after)
                """
        }
    }

    /// The error for a value that does not fit the type the user gave; `nil` when the type was guessed.
    private func misfit(_ source: some RowSource, _ connection: borrowing Connection) throws -> StepError? {
        let plan = try ColumnPlan(extract, source, connection)
        guard let found = try source.misfit(plan.givenConversions, connection) else { return nil }
        let column = plan.columns[found.column]
        let type = extract.types.first { $0.key.lowercased() == column.name.lowercased() }?.value.name
        return StepError(
            "\(found.place): column '\(column.name)': '\(Excerpt.of(found.value))' is no \(type ?? column.type.description)",
            hint: "'on_bad_rows: quarantine' puts such rows aside"
        )
    }
}
