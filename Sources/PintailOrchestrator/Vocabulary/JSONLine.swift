#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// JSON on one line, keys in alphabetical order, so that equal values are equal text.
enum JSONLine {
    /// Writes `value` as one line without its line end.
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Reads a value from one line.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

extension RunEvent {
    /// The event as one line of JSON, without a line end; what `--json` prints.
    public var jsonLine: String {
        do {
            return try JSONLine.encode(self)
        } catch {
            preconditionFailure("an event holds nothing that JSON cannot say: \(error)")
        }
    }
}
