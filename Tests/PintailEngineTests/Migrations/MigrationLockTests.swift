import Postgres
import TestSupport
import Testing

@testable import PintailEngine

/// The lock belongs to a session: a pooler that changes sessions is noticed.
@Suite struct MigrationLockTests {
    @Test func `a session that does not have the lock may not migrate`() async throws {
        let server = try await PostgresServer.shared()
        let parameters = ConnectionParameters(url: server.url(database: try await server.createDatabase()))
        let one = PostgresSession(parameters)
        let other = PostgresSession(parameters)
        try await one.run { connection in
            try MigrationLock.take(on: connection) { _ in }
            try MigrationLock.check(on: connection)
        }
        let refusal = await #expect(throws: StepError.self) { try await other.run { try MigrationLock.check(on: $0) } }
        #expect(refusal?.message.contains("a pooler in transaction mode") == true)
        let isFree = try await other.run { try MigrationLock.isFreeNow(on: $0) }
        #expect(!isFree)
        try await one.run { try MigrationLock.release(on: $0) }
        try await other.run { connection in try MigrationLock.take(on: connection) { _ in } }
    }
}
