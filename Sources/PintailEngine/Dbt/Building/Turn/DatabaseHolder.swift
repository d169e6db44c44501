import FoundationEssentials
import PintailOrchestrator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process that has a database open.
package struct DatabaseHolder: Hashable, Sendable {
    /// The database's file, as the message that refused it has it.
    let file: String
    let process: Int?
    /// The program and its first word, without values that may be secret: `pintail build`.
    let program: String?
    let since: Timestamp?

    /// `pintail build (process 4711, since 2026-11-21 18:32:11 UTC) has shop.duckdb open`.
    package var text: String {
        let time = since.map { time in
            let text = time.description
            return "since \(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
        }
        guard let process else { return "another process has \(name) open" }
        let facts = ([program == nil ? nil : "process \(process)", time].compactMap(\.self)).joined(separator: ", ")
        return (program ?? "process \(process)") + (facts.isEmpty ? "" : " (\(facts))") + " has \(name) open"
    }

    private var name: String { file.split(separator: "/").last.map(String.init) ?? file }

    /// What is thrown where nobody waits.
    var refusal: StepError {
        StepError(
            "cannot open the database: \(text)",
            hint: "DuckDB allows one writer at a time: wait for it, or end it",
            isTransient: true
        )
    }
}

extension DatabaseHolder {
    /// Reads DuckDB's refusal; nil for a message of anything else.
    ///
    /// `Could not set lock on file "/shop.duckdb": Conflicting lock is held in /usr/bin/pintail (PID 4711) by user ada. …`
    init?(refusal message: String) {
        guard let start = message.firstRange(of: "Could not set lock on file \"")?.upperBound else { return nil }
        file = String(message[start...].prefix { $0 != "\"" })
        let digits = message.firstRange(of: "(PID ").map { message[$0.upperBound...].prefix { $0.isNumber } }
        process = digits.flatMap { Int($0) }
        program = process.flatMap(Self.program)
        since = process.flatMap(Self.start)
    }

    /// What a process was started as, where the system tells.
    private static func program(of process: Int) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return nil }
        let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let names = words.prefix(2).map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        guard let first = names.first else { return nil }
        guard let second = names.dropFirst().first, !second.hasPrefix("-") else { return first }
        return "\(first) \(second)"
    }

    /// When a process began, where the system tells.
    private static func start(of process: Int) -> Timestamp? {
        guard let stat = text("/proc/\(process)/stat"), let end = stat.lastIndex(of: ")"),
            // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the 22nd field, counted in ticks since the boot.
            let ticks = stat[stat.index(after: end)...].split(separator: " ").dropFirst(19).first.flatMap({ Int64($0) }
            ),
            let boot = text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let seconds = Int64(boot.dropFirst(6))
        else { return nil }
        let ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return Timestamp(millisecondsSince1970: seconds * 1000 + ticks * 1000 / ticksPerSecond)
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
