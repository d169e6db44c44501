import Testing

@testable import PintailProject

/// Golden files changed at random, the same way each time: whatever stands in a file, reading and showing it ends well.
struct MutatedFileTests {
    private static let rounds = 60

    private static let pieces = [
        "\"", "'", "\"\"\"", "'''", "|", ">", "\n", "\t", "${", "}", "{", "[", "]", ":", ": ", "- ", "&a ", "*a",
        "<<: ",
        "\\", "\\x", "\r\n", "\r", "é", "名", "😀", "password: ", "://a:b@c", "!!int ", "#", "0", ".", "=", "\u{2028}",
        "---\n",
    ].map { Array($0.utf8) }

    private static let files = [
        "pintail.yml", "pintail.toml", "pipelines/a.yml", "pipelines/a.toml", "pipelines/articles.yml",
        "pipelines/articles.toml", "config.yml", "config.toml",
    ]

    private static let originals: [(ending: String, bytes: [UInt8])] =
        Golden.names(in: Golden.projects)
        .flatMap { name in ["", "/yaml", "/toml"].map { "\(Golden.projects)/\(name)\($0)/" } }
        .flatMap { folder in files.map { folder + $0 } }
        .compactMap { path in
            Golden.text(path).map { (path.hasSuffix("yml") ? "yml" : "toml", Array($0.utf8)) }
        }

    @Test(arguments: UInt64(1)...8)
    func `no change of a file makes reading or showing it fail`(seed: UInt64) throws {
        var random = XorShift(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let folder = try TemporaryFolder()
        let renderer = DiagnosticRenderer(directory: folder.path)
        for _ in 0..<Self.rounds {
            var (ending, bytes) = Self.originals[random.below(Self.originals.count)]
            for _ in 0...random.below(4) { Self.change(&bytes, &random) }
            let path = try folder.write(bytes, to: "changed." + ending)
            do throws(Diagnostics) {
                _ = try ProjectLoader(environment: [:]).load(file: path)
            } catch {
                #expect(!renderer.render(error).isEmpty)
            }
            let (line, column) = (1 + random.below(30), 1 + random.below(200))
            let length = 1 + random.below(20)
            let place = PintailProject.SourceLocation(
                file: "changed." + ending,
                line: line,
                column: column,
                length: length
            )
            #expect(!renderer.render(Diagnostic("x", at: place)).isEmpty)
            _ = DotEnv(SourceFile(path: ".env", text: String(decoding: bytes, as: UTF8.self)))
        }
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout XorShift) {
        let start = random.below(bytes.count + 1)
        let end = min(bytes.count, start + random.below(9))
        let piece = pieces[random.below(pieces.count)]
        bytes.replaceSubrange(start..<end, with: random.below(3) == 0 ? [] : piece)
    }
}

/// The same numbers for the same seed.
private struct XorShift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
