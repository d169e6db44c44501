import Jinja

/// What agate makes of the text of a cell.
enum SeedCell {
    /// The first kind that every cell of a column fits: integer, number, date, time, truth, text.
    static func kind(of column: [String]) -> ResultTable.Kind {
        let kinds: [ResultTable.Kind] = [.integer, .number, .date, .dateTime, .boolean]
        return kinds.first { kind in column.allSatisfy { isNull($0) || fits(trimmed($0), kind) } } ?? .text
    }

    /// A cell's value.
    static func value(of cell: String, _ kind: ResultTable.Kind) -> Value {
        if isNull(cell) { return .none }
        switch kind {
        case .number: return number(trimmed(cell)).map { .object($0) } ?? .none
        case .boolean: return .bool(trimmed(cell).lowercased() == "true")
        default: return .string(cell)
        }
    }

    private static func isNull(_ cell: String) -> Bool {
        let text = trimmed(cell)
        return text.isEmpty || text.lowercased() == "null"
    }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 else { return text }
        let bytes = Array(text.utf8)
        guard let start = bytes.firstIndex(where: { $0 > 0x20 }), let end = bytes.lastIndex(where: { $0 > 0x20 }) else {
            return ""
        }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }

    private static func fits(_ text: String, _ kind: ResultTable.Kind) -> Bool {
        switch kind {
        // Texts of a file are never integers to agate: whole numbers come as numbers without fractions.
        case .integer: false
        case .number: number(text) != nil
        case .date: isDate(Array(text.utf8))
        case .dateTime: isTime(Array(text.utf8))
        case .boolean: ["true", "false"].contains(text.lowercased())
        case .text: true
        }
    }

    /// `-1,234.50`, `12 %`, `$3`: agate takes signs of currency and per cent away.
    private static func number(_ text: String) -> DecimalNumber? {
        var mantissa: Int128 = 0
        var scale = 0
        var digits = 0
        var isNegative = false
        var isBehindPoint = false
        var exponent: Int?
        let bytes = Array(text.utf8)
        var place = 0
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            place = 1
        }
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                mantissa = product + Int128(byte - UInt8(ascii: "0"))
                digits += 1
                if isBehindPoint { scale += 1 }
            case UInt8(ascii: ".") where !isBehindPoint: isBehindPoint = true
            case UInt8(ascii: ",") where digits > 0 && !isBehindPoint: continue
            case UInt8(ascii: "$"), UInt8(ascii: "%"): continue
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard digits > 0, let value = Int(String(decoding: bytes[place...], as: UTF8.self)), abs(value) < 30
                else { return nil }
                exponent = value
                place = bytes.count
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        if isNegative { mantissa = -mantissa }
        if let exponent {
            scale -= exponent
            while scale < 0 {
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                mantissa = product
                scale += 1
            }
        }
        return DecimalNumber(mantissa, scale: scale)
    }

    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count), (1...2).contains(parts[2].count),
            let year = digits(parts[0]), let month = digits(parts[1]), let day = digits(parts[2])
        else { return false }
        let lengths = [31, year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return year > 0 && (1...12).contains(month) && day >= 1 && day <= lengths[month - 1]
    }

    /// `2024-01-31 10:11:12`, `2024-01-31T10:11:12.5Z`, `2024-01-31T10:11+02:00`.
    private static func isTime(_ bytes: [UInt8]) -> Bool {
        guard let middle = bytes.firstIndex(where: { $0 == 0x20 || $0 == UInt8(ascii: "T") }),
            isDate(Array(bytes[..<middle]))
        else { return false }
        let isISO = bytes[middle] == UInt8(ascii: "T")
        var clock = bytes[(middle + 1)...]
        if isISO {
            if clock.last == UInt8(ascii: "Z") {
                clock = clock.dropLast()
            } else if let sign = clock.firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
                guard clock[(sign + 1)...].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ":") }) else { return false }
                clock = clock[..<sign]
            }
        }
        let parts = clock.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard isISO ? (2...3).contains(parts.count) : parts.count == 3 else { return false }
        for (place, part) in parts.enumerated() {
            var whole = part
            if isISO, place == 2, let point = part.firstIndex(of: UInt8(ascii: ".")) {
                guard part[(point + 1)...].allSatisfy(isDigit) else { return false }
                whole = part[..<point]
            }
            guard (1...2).contains(whole.count), let number = digits(whole), number < (place == 0 ? 24 : 60) else {
                return false
            }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.isEmpty || !bytes.allSatisfy(isDigit) ? nil : Int(String(decoding: bytes, as: UTF8.self))
    }
}
