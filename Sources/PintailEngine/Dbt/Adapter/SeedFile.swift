import Jinja

/// CSV files of the project, typed as Python's agate types them.
enum SeedFile {
    /// The rows of a file; columns in `textColumns` stay text.
    static func read(_ bytes: [UInt8], delimiter: String, textColumns: Set<String>) throws -> ResultTable {
        var records = try records(in: bytes, delimiter: delimiter.utf8.first ?? UInt8(ascii: ","))
        guard !records.isEmpty else { return ResultTable.empty }
        let names = records.removeFirst().enumerated().map { place, name in
            name.isEmpty ? letters(place) : name
        }
        for place in records.indices where records[place].count > names.count {
            throw TemplateError(
                .value,
                "row \(place + 1) of the seed has \(records[place].count) values for \(names.count) columns"
            )
        }
        let columns = names.indices.map { place in records.map { place < $0.count ? $0[place] : "" } }
        let typed = zip(names, columns).map { name, values in column(values, staysText: textColumns.contains(name)) }
        let rows = records.indices.map { row in typed.map { $0.values[row] } }
        return ResultTable(names, typed.map(\.kind), rows)
    }

    /// `a`, `b`, … for columns without a name.
    private static func letters(_ place: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(97 + place % 26)))
        return String(repeating: letter, count: place / 26 + 1)
    }

    // MARK: Records

    /// Fields of lines, quoted as RFC 4180 has it.
    ///
    /// A byte order mark and lines without any field are passed over.
    private static func records(in bytes: [UInt8], delimiter: UInt8) throws -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var isQuoted = false
        var wasQuoted = false
        func endField() {
            record.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        func endRecord() {
            if record.isEmpty && field.isEmpty && !wasQuoted { return }
            endField()
            records.append(record)
            record = []
        }
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if isQuoted {
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte)
                    continue
                }
                if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
                    field.append(byte)
                    place += 1
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                (isQuoted, wasQuoted) = (true, true)
            } else if byte == delimiter {
                endField()
            } else if byte == UInt8(ascii: "\n") {
                endRecord()
            } else if byte == UInt8(ascii: "\r") {
                if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
                endRecord()
            } else {
                field.append(byte)
            }
        }
        endRecord()
        return records
    }

    // MARK: Types

    /// The first kind that all values of a column can be, in agate's order.
    private static func column(_ texts: [String], staysText: Bool) -> (kind: ResultTable.Kind, values: [Value]) {
        if !staysText {
            for (kind, read) in kinds {
                if let values = values(texts, read) { return (kind, values) }
            }
        }
        return (.text, texts.map { !staysText && isNull($0) ? .none : .string($0) })
    }

    private static func values(_ texts: [String], _ read: (String) -> Value?) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(texts.count)
        for text in texts {
            if isNull(text) {
                values.append(.none)
                continue
            }
            guard let value = read(text) else { return nil }
            values.append(value)
        }
        return values
    }

    private static func isNull(_ text: String) -> Bool {
        text.isEmpty || (text.utf8.count <= 6 && ["", "null"].contains(trimmed(text).lowercased()))
    }

    private static func trimmed(_ text: String) -> Substring {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    private static let kinds: [(ResultTable.Kind, @Sendable (String) -> Value?)] = [
        (.number, number),
        (.date, { (try? TimeFormat.time(String(trimmed($0)), "%Y-%m-%d")).map { .object(DateValue($0)) } }),
        (
            .dateTime,
            { (try? TimeFormat.time(String(trimmed($0)), "%Y-%m-%d %H:%M:%S")).map { .object(DateTimeValue($0)) } }
        ),
        (.dateTime, isoTime),
        (
            .boolean,
            { text in
                switch trimmed(text).lowercased() {
                case "true": true
                case "false": false
                default: nil
                }
            }
        ),
    ]

    private static let currencies: Set<Character> = [
        "\u{60B}", "$", "ƒ", "៛", "¥", "₡", "₱", "£", "€", "¢", "﷼", "₪", "₩", "₭", "₮", "₦", "฿", "₤", "₫",
    ]

    /// Numbers with currency signs, a sign of percent and commas between their digits.
    @Sendable private static func number(_ text: String) -> Value? {
        var digits = trimmed(text)
        while digits.hasPrefix("%") { digits.removeFirst() }
        while digits.hasSuffix("%") { digits.removeLast() }
        var isNegative = false
        if digits.hasPrefix("-") {
            isNegative = true
            digits.removeFirst()
        }
        while let first = digits.first, currencies.contains(first) { digits.removeFirst() }
        while let last = digits.last, currencies.contains(last) { digits.removeLast() }
        let plain = digits.filter { $0 != "," && $0 != "_" }
        guard let number = decimal(plain) else { return nil }
        return .object(isNegative ? DecimalNumber(-number.mantissa, scale: number.scale) : number)
    }

    private static func decimal(_ text: String) -> DecimalNumber? {
        guard let first = text.utf8.first, (48...57).contains(first) || first == 46 || first == 43 || first == 45 else {
            let word = text.lowercased()
            return ["nan", "inf", "infinity"].contains(word) ? DecimalNumber(Double(word) ?? .nan) : nil
        }
        let parts = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        guard let (mantissa, scale) = DecimalNumber.parse(String(parts[0])) else {
            return Double(text).map { DecimalNumber($0) }
        }
        guard parts.count == 2 else { return DecimalNumber(mantissa, scale: scale) }
        guard let exponent = Int(parts[1]), abs(exponent) < 30 else { return Double(text).map { DecimalNumber($0) } }
        if scale >= exponent { return DecimalNumber(mantissa, scale: scale - exponent) }
        var shifted = mantissa
        for _ in scale..<exponent {
            let (product, overflow) = shifted.multipliedReportingOverflow(by: 10)
            if overflow { return Double(text).map { DecimalNumber($0) } }
            shifted = product
        }
        return DecimalNumber(shifted, scale: 0)
    }

    /// `2024-01-02T03:04:05`, with fractions and a zone where they are given.
    @Sendable private static func isoTime(_ text: String) -> Value? {
        let text = String(trimmed(text))
        guard text.contains("T") else { return nil }
        for format in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M"] {
            if let time = try? TimeFormat.time(text, format) { return .object(DateTimeValue(time)) }
            if let time = try? TimeFormat.time(text, format + "%z") { return .object(DateTimeValue(time, zone: .utc)) }
        }
        return nil
    }
}
