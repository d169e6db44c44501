import TestSupport
import Testing

#if os(Linux) && arch(x86_64)
    /// What is loaded when: each library costs its milliseconds at every start that has it.
    @Suite struct `Late libraries` {
        private static let late = ["libduckdb", "libpq", "libarchive", "libmicrohttpd"]

        /// The libraries of those four that a command loads.
        private func loaded(_ arguments: String...) async throws -> [String] {
            let result = try await run(PintailBinary.path, arguments, environment: ["LD_DEBUG": "files"])
            #expect(result.exitCode == 0, "\(result.standardError)")
            return Self.late.filter {
                result.standardError.contains("calling init: ") && result.standardError.contains("/\($0).so")
            }
        }

        @Test func `a start loads nothing that is not called`() async throws {
            #expect(try await loaded("help") == [])
        }

        @Test func `what is called is loaded, and nothing else`() async throws {
            #expect(try await loaded("version") == ["libduckdb"])
        }
    }
#endif
