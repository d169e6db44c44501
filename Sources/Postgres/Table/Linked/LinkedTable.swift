package import DuckDB

/// One table's part in a transaction that fills one table or several.
package struct LinkedTable {
    /// What goes where.
    package let plan: LinkedPlan
    /// How the new rows take the old ones' place, when they do.
    private let replacement: ReplaceWay?
    private let patience: LockPatience
    private let ledger: BatchLedger?
    private let sum: TableSum?
    /// The rows that an earlier run has added, all of them, when it was killed before it could note so.
    package let delivered: Int?

    /// Looks at the table and refuses what cannot be, before a row is moved.
    ///
    /// - Parameter delivery: Names the load and its source, so that rows which are added are noted together with them.
    /// - Throws: ``LoadRefusal`` with everything that is in the way, or ``PostgresError``.
    package init(
        _ request: LoadRequest,
        on connection: borrowing PostgresConnection,
        delivery: BatchSource? = nil,
        patience: LockPatience = LockPatience()
    ) throws {
        let name = try TableDescription.resolve(request.table, on: connection)
        let existing = try TableDescription.read(request.table, on: connection)
        plan = try LinkedPlan(request, existing?.name ?? name, existing: existing, on: connection)
        self.patience = patience
        if let existing, request.mode == .replace {
            let staging = StagingTable(for: plan.load.table)
            replacement = try ReplaceWay.find(plan.load, existing, staging, on: connection)
            try connection.execute(staging.drop)
        } else {
            replacement = nil
        }
        sum = if let existing, plan.canBeKnown { try TableSum.find(existing, on: connection) } else { nil }
        let full = plan.load.table
        ledger = delivery.map { BatchLedger(beside: full, of: $0) }
        try ledger?.create(on: connection)
        delivered = try TableLoad.takeOver(ledger, plan.load, on: connection)
        if delivered == nil { try ledger?.refuseOtherSource(on: connection) }
    }

    /// What the table comes to now; `nil` when rows of this load are never known to be there.
    package func digest(on connection: borrowing PostgresConnection) throws(PostgresError) -> TableDigest? {
        try sum?.read(on: connection)
    }

    /// What the tables come to that rows refer to before they are sent.
    ///
    /// - Parameter rows: How many rows refer to them: tables that are much larger are looked up sooner than summed up.
    /// - Returns: `nil` when a table is too large for that, or not shown to the user.
    package func parentDigest(rows: Int, on connection: borrowing PostgresConnection) throws(PostgresError) -> String? {
        var digests: [String] = []
        for reference in plan.outward {
            let bytes = try reference.parent.bytes(on: connection)
            // Divided, as a guess at rows may be any number.
            guard bytes <= Self.smallTable || bytes / Self.rowBytes <= rows,
                let sum = try TableSum.find(reference.parent, on: connection)
            else { return nil }
            digests.append(try sum.read(on: connection).text)
        }
        return digests.joined(separator: ", ")
    }

    private static let smallTable = 64 << 20
    private static let rowBytes = 256

    /// Fails when the table is not what it was when it was looked at: nobody kept other loads away meanwhile.
    package func checkUnchanged(on connection: borrowing PostgresConnection) throws(PostgresError) {
        guard try TableDescription.read(plan.load.table, on: connection) != plan.load.existing else { return }
        throw PostgresError("\(plan.load.table) was changed by another load", sqlState: "40001")
    }

    /// Where the rows go first.
    package struct Fill {
        /// The table that they are copied into.
        package let target: CopyTarget
        /// Merges them; `nil` when they are copied to where they stay.
        package let merge: Merge?
        fileprivate let loose: LooseTable?
        fileprivate var isSummed = false
        fileprivate let passage: Passage?
    }

    /// Makes the place for the rows.
    ///
    /// - Parameters:
    ///   - rows: How many there will be.
    ///   - mayLoosen: Whether an empty table's constraints may be made after the copy.
    ///   - isAlone: Whether the load may begin again when somebody else adds a row that it adds, too.
    ///   - isSummed: Whether the table is summed up when the rows are in.
    package func begin(
        rows: Int,
        mayLoosen: Bool = true,
        isAlone: Bool = false,
        isSummed: Bool = false,
        on connection: borrowing PostgresConnection
    ) throws -> Fill {
        let table = plan.load.table
        if plan.load.existing == nil {
            for statement in plan.creation { try connection.execute(statement) }
        } else if case .swap = replacement {
            let staging = StagingTable(for: table)
            for statement in try TableLoad.stagingCreation(plan.load, staging, on: connection) {
                try connection.execute(statement)
            }
            return direct(into: staging.name, isFrozen: true)
        } else if case .inPlace = replacement {
            try connection.execute("DELETE FROM \(table: table)")
            try connection.execute(BatchLedger.forgetting(rowsOf: table))
            return direct(into: table)
        }
        let isPlain =
            switch plan.load.mode {
            case .history: false
            case .upsert: plan.isKeyExact && plan.inward == nil
            case .append, .fail, .replace: true
            }
        if isPlain, mayLoosen, rows >= LooseTable.worthwhileRows,
            let loose = try LooseTable.takeOff(table, ordered: plan.generated, on: connection)
        {
            return direct(into: table, loose: loose, isSummed: isSummed)
        }
        guard !plan.load.key.isEmpty else {
            guard try Passage.isNeeded(for: plan.load.existing, on: connection) else { return direct(into: table) }
            let passage = Passage(plan.load)
            try passage.begin(on: connection)
            return Fill(target: passage.target, merge: nil, loose: nil, passage: passage)
        }
        let merge = Merge(plan, summing: isSummed ? sum : nil, isAlone: isAlone && plan.isKeyExact)
        try merge.begin(on: connection)
        return Fill(target: merge.target, merge: merge, loose: nil, passage: nil)
    }

    private func direct(
        into table: TableName,
        isFrozen: Bool = false,
        loose: LooseTable? = nil,
        isSummed: Bool = false
    ) -> Fill {
        let target = CopyTarget(table, columns: plan.load.targets, isFrozen: isFrozen)
        return Fill(target: target, merge: nil, loose: loose, isSummed: isSummed, passage: nil)
    }

    /// Makes the copied rows the table's.
    package func finish(_ fill: Fill, rows: Int, on connection: borrowing PostgresConnection) throws -> LoadOutcome {
        if let merge = fill.merge { return try merge.finish(rows: rows, on: connection) }
        var outcome = LoadOutcome(rows: rows, inserted: rows)
        try fill.passage?.finish(on: connection)
        if let loose = fill.loose {
            outcome.isIndexedAfterwards = true
            try loose.restore(.early, on: connection)
            // The table is locked until the commit: nobody else's rows are in the sum.
            if fill.isSummed { outcome.digest = try sum?.read(on: connection) }
            try loose.restore(.late, on: connection)
        }
        switch replacement {
        case .swap(let swap): try swap.publish(on: connection, patience)
        case .inPlace(let reasons): outcome.keptInPlace = reasons
        case nil: break
        }
        if case .append = plan.load.mode { try ledger?.settle(rows: rows, on: connection) }
        return outcome
    }
}

/// The connection of a load that is one transaction, with other loads of its tables kept away.
package struct LinkedSession: ~Copyable {
    /// The connection; its statements block.
    package let connection: PostgresConnection
    /// Whether a pooler lies between, so that only what is in one transaction is on one session of the server.
    package let isPooled: Bool
    private let parameters: ConnectionParameters
    private let locks: [LoadLock]
    private let waiting: Duration
    private let waits: (String) -> Void

    /// Connects, and waits for other loads of the tables to end; behind a pooler each transaction waits for them.
    ///
    /// - Parameter waits: Told for which of them, in words that follow "waits for".
    package init(
        _ tables: [TableName],
        over parameters: ConnectionParameters,
        canceller: LoadCanceller,
        waiting: Duration = .seconds(60),
        waits: @escaping (String) -> Void = { _ in }
    ) throws(PostgresError) {
        let connection = try PostgresConnection(parameters)
        canceller.add(connection.canceller)
        var resolved: [TableName] = []
        for table in tables { resolved.append(try TableDescription.resolve(table, on: connection)) }
        // In one order, so that two sessions do not wait for each other.
        let locks = Set(resolved).sorted { $0.description < $1.description }.map(LoadLock.init(of:))
        let isPooled = try connection.isPooled()
        if !isPooled {
            for lock in locks { try lock.take(on: connection, waiting: waiting, tell: waits) }
        }
        // All at once, as a value that is half made when something is thrown is not torn down.
        self.isPooled = isPooled
        self.locks = locks
        self.waiting = waiting
        self.waits = waits
        self.parameters = parameters
        self.connection = connection
    }

    /// Runs `body` in a transaction whose end is known even when the connection breaks while it is committed.
    package borrowing func transaction<Result>(
        _ body: (borrowing PostgresConnection) throws -> Result
    ) throws -> Result {
        // Statements must see the rows that other loads made while they were waited for.
        try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        do {
            if isPooled {
                for lock in locks { try lock.takeForTransaction(on: connection, waiting: waiting, tell: waits) }
            }
            let result = try body(connection)
            try connection.commit(parameters)
            return result
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Waits before another try, a little longer and by chance each time.
    package borrowing func pause(before attempt: Int) throws(PostgresError) {
        let most = 50 << min(attempt, 6)
        try connection.canceller.sleep(.milliseconds(Int.random(in: most / 2...most)))
    }
}

extension PostgresError {
    /// Whether the transaction met another one, and may well succeed from its start.
    package var isCollision: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Whether a row refers to one that is not there.
    package var isForeignKey: Bool { sqlState == "23503" }

    /// Whether a key stands twice.
    package var isUniqueKey: Bool { sqlState == "23505" }
}

extension TableDescription {
    /// How large the table's rows are on the server's disk.
    fileprivate func bytes(on connection: borrowing PostgresConnection) throws(PostgresError) -> Int {
        Int(try connection.value("SELECT pg_table_size(\(literal: Int(oid))::oid)") ?? "") ?? 0
    }
}
