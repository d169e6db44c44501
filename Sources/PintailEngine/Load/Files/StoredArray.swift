/// A JSON file that holds one array, to which elements are to be added.
struct StoredArray: Sendable {
    /// Where the last element ends, or the bracket that opens an empty array.
    let endOfElements: Int
    let isEmpty: Bool

    /// White space at a file's end beyond this is no JSON anybody wrote.
    private static let tail = 1 << 16

    /// Finds the end of the array without reading all of it.
    init(_ target: FileTarget) throws {
        let start = try FilePart.read(target, from: 0, count: Self.tail)
        let from = max(0, target.size - Self.tail)
        var end = try FilePart.read(target, from: from, count: Self.tail)[...]
        Self.trim(&end)
        guard end.last == UInt8(ascii: "]"), start.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "[") else {
            throw StepError(
                "\(target.shown) does not hold one JSON array",
                hint: "lines of JSON are of the format ndjson"
            )
        }
        end.removeLast()
        Self.trim(&end)
        endOfElements = from + end.count
        isEmpty = end.last == UInt8(ascii: "[")
    }

    private static func trim(_ bytes: inout ArraySlice<UInt8>) {
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    }

    fileprivate static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

/// Writes an array's elements after those of another, whose closing bracket was left out.
struct ArrayContinuation {
    private enum State {
        case beforeBracket, beforeElement, within
    }

    private var state = State.beforeBracket
    private let afterElements: Bool
    private let writer: DescriptorWriter

    /// Says whether there are elements already.
    init(afterElements: Bool, _ writer: DescriptorWriter) {
        self.afterElements = afterElements
        self.writer = writer
    }

    /// Takes the next piece of an array as DuckDB prints it.
    mutating func write(_ piece: Span<UInt8>) throws {
        var from = 0
        while state != .within, from < piece.count {
            let byte = piece[from]
            switch state {
            case .beforeBracket where byte == UInt8(ascii: "["):
                state = .beforeElement
                from += 1
            case .beforeElement where !StoredArray.isSpace(byte):
                let isEnd = byte == UInt8(ascii: "]")
                try writer.write(isEnd ? [10] : (afterElements ? [UInt8(ascii: ","), 10, 9] : [10, 9]))
                state = .within
            default: from += 1
            }
        }
        try writer.write(piece.extracting(droppingFirst: from))
    }
}
