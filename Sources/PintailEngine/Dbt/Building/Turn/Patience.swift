package import DuckDB
package import PintailProject

/// How long a command waits for what another process has, and whom it tells.
package struct Patience: Sendable {
    /// What there is to tell of waiting.
    package enum Notice: Sendable {
        /// It waits for this process, from now on.
        case waiting(for: DatabaseHolder)
        /// The wait is over.
        case goingOn(after: Duration)
    }

    private let limit: Duration?
    private let tell: @Sendable (Notice) -> Void

    /// Does not wait.
    package static let none = Patience(limit: .zero)

    /// - Parameter limit: how long at most; nil for as long as it takes.
    package init(limit: Duration?, tell: @escaping @Sendable (Notice) -> Void = { _ in }) {
        self.limit = limit
        self.tell = tell
    }

    /// Opens a profile's database as soon as no other process has it; cancelling ends the wait.
    package func open(_ profile: DbtProfile) async throws -> Database {
        try await open { try DbtDatabase.open(profile) }
    }

    /// Opens a database as soon as no other process has it; cancelling ends the wait.
    func open<Opened: Sendable>(_ opening: @escaping @Sendable () throws -> Opened) async throws -> Opened {
        try await wait {
            do {
                return .done(try opening())
            } catch {
                guard let holder = error.databaseCause.flatMap({ DatabaseHolder(refusal: $0.message) }) else {
                    throw error
                }
                return .taken(by: holder)
            }
        }
    }

    /// One try.
    enum Attempt<Result: Sendable>: Sendable {
        case done(Result)
        case taken(by: DatabaseHolder)
    }

    /// Tries again and again; each try may block for a moment.
    func wait<Result: Sendable>(
        _ attempt: @escaping @Sendable () throws -> Attempt<Result>
    ) async throws -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        var told: DatabaseHolder?
        var pause = Duration.milliseconds(50)
        while true {
            let holder: DatabaseHolder
            switch try await offPool({ try attempt() }) {
            case .done(let result):
                if told != nil { tell(.goingOn(after: start.duration(to: clock.now))) }
                return result
            case .taken(let found): holder = found
            }
            let left = limit.map { $0 - start.duration(to: clock.now) } ?? pause
            guard left > .zero else { throw holder.refusal }
            if told != holder {
                tell(.waiting(for: holder))
                told = holder
            }
            try await clock.sleep(for: min(pause, left))
            pause = min(pause * 2, .seconds(1))
        }
    }
}
