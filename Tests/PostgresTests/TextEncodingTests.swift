import DuckDB
import Testing

@testable import Postgres

/// Texts as bytes of COPY BINARY: short ones are copied by words, which must neither miss nor invent a zero byte.
@Suite struct TextEncodingTests {
    @Test(arguments: 0...40)
    func `texts of every length are sent as they are`(length: Int) throws {
        // Bytes next to zero, and those whose highest bit is set.
        let texts = [
            String(repeating: "a", count: length), String(repeating: "\u{1}", count: length),
            String(repeating: "é", count: length / 2) + String(repeating: "\u{7F}", count: length % 2),
        ]
        #expect(try Self.encoded(texts.map { "\(literal: $0)" }) == texts)
    }

    @Test func `a zero byte is found wherever it stands`() throws {
        for length in 1...40 {
            for place in 0..<length {
                let text: SQL = "repeat('é', 8)[1:\(literal: place)] || chr(0) || repeat('\u{80}', 20)"
                let padded: SQL = "left(rpad(\(text), 40, 'x'), \(literal: length))"
                #expect(throws: EncodingError.self, "of \(length), at \(place)") {
                    try Self.encoded(["'ok'", place < 8 ? padded : Self.ascii(length, zeroAt: place)])
                }
            }
        }
    }

    private static func ascii(_ length: Int, zeroAt place: Int) -> SQL {
        "repeat('x', \(literal: place)) || chr(0) || repeat('y', \(literal: length - place - 1))"
    }

    /// The fields of one column's rows, read from the bytes.
    private static func encoded(_ values: [SQL]) throws -> [String] {
        let query: SQL = "SELECT * FROM (VALUES \(values.map { "(\($0))" as SQL }, separator: ", ")) AS t(v)"
        let connection = try Database(options: .init(threads: 1)).connect()
        var encoder = try BinaryCopyEncoder(columns: connection.describe(query), targets: [.text])
        var buffer = CopyBuffer()
        try connection.prepare(query).forEachChunk { chunk in
            let end = try encoder.encode(chunk, into: &buffer)
            return end == chunk.count
        }
        var bytes = unsafe buffer.withBytes { unsafe Array($0)[...] }
        var texts: [String] = []
        while !bytes.isEmpty {
            #expect(bytes.prefix(2) == [0, 1])
            let size = bytes.dropFirst(2).prefix(4).reduce(0) { $0 << 8 | Int($1) }
            texts.append(String(decoding: bytes.dropFirst(6).prefix(size), as: UTF8.self))
            bytes = bytes.dropFirst(6 + size)
        }
        return texts
    }
}
