/// A value that has no place in the column it is meant for.
package struct EncodingError: Error, Hashable, Sendable {
    /// What is wrong with a value.
    package enum Reason: Hashable, Sendable {
        /// Postgres's texts cannot hold the byte 0.
        case zeroByte
        /// The type's range ends before the value.
        case outOfRange
        /// A text that is no number.
        case notANumber
        /// One value takes a gigabyte or more.
        case tooLong
        /// Inner lists of different lengths, or a NULL among them: Postgres's arrays are rectangular.
        case notRectangular
    }

    /// What is wrong with the value.
    package let reason: Reason
    /// Counted from 1, in the order of the source.
    package let row: Int
    /// The column's name in the source.
    package let column: String
    /// The beginning of the value, with control characters escaped.
    package let value: String
    /// The type of the table's column.
    package let type: PostgresType
}

extension EncodingError: CustomStringConvertible {
    package var description: String {
        "row \(row), column \"\(column)\": \(reason.description(of: value, type))"
    }
}

extension EncodingError.Reason {
    func description(of value: String, _ type: PostgresType) -> String {
        switch self {
        case .zeroByte: "'\(value)' has a zero byte, which Postgres's \(type) cannot hold"
        case .outOfRange: "\(value) is out of the range of \(type)"
        case .notANumber: "'\(value)' is not a number"
        case .tooLong: "a value of 1 GB or more, which Postgres cannot hold"
        case .notRectangular:
            "inner lists of different lengths, which Postgres's \(type) cannot hold"
        }
    }
}

/// What a pass over a column found, before the row's number and the column's name are known.
struct ValueProblem: Error {
    let reason: EncodingError.Reason
    /// Which of the values that the pass was given.
    let slot: Int
    let value: String

    init(_ reason: EncodingError.Reason, slot: Int, value: String = "") {
        self.reason = reason
        self.slot = slot
        self.value = value
    }

    /// The first 60 characters, control characters escaped.
    init(_ reason: EncodingError.Reason, slot: Int, text: String) {
        let shown = text.unicodeScalars.prefix(60).map { $0.value < 32 ? $0.escaped(asASCII: true) : String($0) }
        let ending = text.unicodeScalars.count > 60 ? "…" : ""
        self.init(reason, slot: slot, value: shown.joined() + ending)
    }
}
