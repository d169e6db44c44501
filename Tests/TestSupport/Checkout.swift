import Foundation

/// The folder of this repository, with what set-up fetched into it.
package enum Checkout {
    /// The repository's folder.
    package static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A program that `scripts/setup --test` has put into `.deps/`.
    package static func program(_ name: String) throws -> String {
        let program = "\(path)/.deps/\(name)"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw FixtureError("\(program) is not there: run scripts/setup --test")
        }
        return program
    }
}
