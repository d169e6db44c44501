import Dispatch
import DuckDB

/// DuckDB's own threads, which begin when a statement takes long.
///
/// A statement over a few rows is done by the thread that asks for it before another one wakes up. Where another one has
/// the work, the first looks again and again whether it is done: a fifth of what a build of small
/// statements takes, however many they are.
enum LateThreads {
    /// What a long statement may lose by it, once in a run.
    private static let patience = Duration.milliseconds(100)
    /// How often it is looked whether there is one.
    private static let interval = DispatchTimeInterval.milliseconds(50)
    /// Words of settings that speak of threads, in lower case.
    private static let word = Array("threads".utf8)

    /// Lets DuckDB have no threads of its own until it needs them: it takes them to be promised by others.
    static func hold(_ database: Database) throws(DuckDBError) {
        let connection = try database.connect()
        let count = try connection.threads()
        guard count > 1 else { return }
        try connection.execute("SET GLOBAL external_threads = \(literal: count)")
        look(at: database)
    }

    private static func look(at database: Database) {
        DispatchQueue.global().asyncAfter(deadline: .now() + interval) { [weak database] in
            guard let database else { return }
            guard database.statements.takeLong(patience) else { return look(at: database) }
            guard let connection = try? database.connect() else { return }
            begin(on: connection)
        }
    }

    /// Lets them begin.
    static func begin(on connection: borrowing Connection) {
        // It is what DuckDB comes with: it cannot be refused, and a database without is slower and no worse.
        _ = try? connection.execute("SET GLOBAL external_threads = 1")
    }

    /// Whether a statement could set how many there are, or ask for it.
    static func areMentioned(in sql: String) -> Bool {
        var rest = sql.utf8[...]
        while let start = rest.firstIndex(where: { $0 | 0x20 == word[0] }) {
            rest = rest[start...]
            if rest.count >= word.count, zip(rest, word).allSatisfy({ $0 | 0x20 == $1 }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
