/// A step in the history of a database: how to take it, and how to go back.
package struct Migration: Sendable {
    /// Its place in the order.
    package let version: Int64
    /// Number and name as the files have them: `0002_create_articles`.
    package let name: String
    /// What applies it.
    package let up: MigrationFile
    /// What takes it back, where that was written.
    package let down: MigrationFile?

    /// Whether a word can stand in a file's name in every shell and file system.
    package static func isName(_ word: some StringProtocol) -> Bool {
        !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
}

/// A file's name taken apart: `0002_create_articles.up.sql`.
struct MigrationFileName: Hashable, Sendable {
    enum Direction: String, Hashable, Sendable {
        case up, down
    }

    let version: Int64
    let name: String
    let direction: Direction

    /// Takes a name apart; `nil` when it is not a migration's.
    init?(_ file: String) {
        guard let direction = Self.direction(of: file) else { return nil }
        let name = file.dropLast(direction.rawValue.count + Self.frame)
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        // 18 digits have room for a time to the nanosecond, and for the next number after it.
        guard digits.count <= 18, let version = Int64(digits), name.dropFirst(digits.count).first == "_",
            name.count > digits.count + 1, Migration.isName(name)
        else { return nil }
        self.version = version
        self.name = String(name)
        self.direction = direction
    }

    /// The dots and the ending around the direction.
    private static let frame = "..sql".count

    private static func direction(of file: String) -> Direction? {
        if file.hasSuffix(".up.sql") { return .up }
        return file.hasSuffix(".down.sql") ? .down : nil
    }
}
