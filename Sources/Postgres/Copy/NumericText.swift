import DuckDB

/// A number written as text, such as `-12.50` or `1.5e-7`, ready to be written as Postgres's numeric.
struct NumericText {
    /// The digits from the first that is not 0, without the point.
    private var digits: [UInt8] = []
    /// How many of the digits stand before the point; negative when zeros follow the point first.
    private var pointAt = 0
    private var sign: UInt16 = 0

    private static let negative: UInt16 = 0x4000
    private static let notANumber: UInt16 = 0xC000
    private static let infinity: UInt16 = 0xD000
    private static let negativeInfinity: UInt16 = 0xF000

    /// Reads a text; `nil` when it is no number, or one that Postgres has no room for.
    init?(_ text: UnsafeRawBufferPointer) {
        var rest = unsafe text[...]
        while unsafe rest.last == UInt8(ascii: " ") { unsafe rest.removeLast() }
        while unsafe rest.first == UInt8(ascii: " ") { unsafe rest.removeFirst() }
        if unsafe rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            if unsafe rest.removeFirst() == UInt8(ascii: "-") { sign = Self.negative }
        }
        if let special = Self.special(unsafe Array(rest.prefix(10))) {
            sign = special == Self.infinity && sign != 0 ? Self.negativeInfinity : special
            return
        }
        guard unsafe readDigits(&rest), unsafe readExponent(&rest), unsafe rest.isEmpty else { return nil }
        if digits.isEmpty { sign = 0 }
        // NUMERIC_DSCALE_MAX, and the digits before the point that the server takes.
        guard scale <= 16_383, pointAt <= 131_072 else { return nil }
    }

    private static func special(_ text: [UInt8]) -> UInt16? {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "nan": notANumber
        case "inf", "infinity": infinity
        default: nil
        }
    }

    private mutating func readDigits(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
        var seen = false
        var point: Int?
        var leadingZeros = 0
        while let byte = unsafe rest.first {
            if byte == UInt8(ascii: "."), point == nil {
                point = digits.count
            } else if byte >= 48, byte <= 57 {
                seen = true
                if digits.isEmpty, byte == 48 {
                    if point != nil { leadingZeros += 1 }
                } else {
                    digits.append(byte - 48)
                }
            } else {
                break
            }
            unsafe rest.removeFirst()
        }
        pointAt = (point ?? digits.count) - leadingZeros
        return seen
    }

    private mutating func readExponent(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let mark = unsafe rest.first else { return true }
        guard mark | 32 == UInt8(ascii: "e") else { return false }
        unsafe rest.removeFirst()
        guard let exponent = Int(unsafe String(decoding: rest, as: UTF8.self)), abs(exponent) < 200_000 else {
            return false
        }
        unsafe rest = rest.dropFirst(rest.count)
        pointAt += exponent
        return true
    }

    /// The digits behind the point.
    private var scale: Int { max(0, digits.count - pointAt) }

    /// The place of the first base-10,000 digit, 0 being just before the point.
    private var weight: Int { Self.group(of: pointAt - 1) }

    private var groups: Int {
        digits.isEmpty ? 0 : weight - Self.group(of: pointAt - digits.count) + 1
    }

    /// The group that the digit at 10^place belongs to.
    private static func group(of place: Int) -> Int { place >> 2 }

    var size: Int { NumericScale.headerSize + 2 * groups }

    func write(into bytes: inout MutableRawSpan, at offset: Int) -> Int {
        NumericHeader(groups: groups, weight: digits.isEmpty ? 0 : weight, sign: sign, scale: scale)
            .write(into: &bytes, at: offset)
        for index in 0..<groups {
            let highest = (weight - index) * 4 + 3
            let group = (0..<4).reduce(0) { $0 * 10 + digit(at: highest - $1) }
            let place = offset + NumericScale.headerSize + 2 * index
            bytes.storeBytes(of: UInt16(group).bigEndian, toByteOffset: place, as: UInt16.self)
        }
        return size
    }

    private func digit(at place: Int) -> Int {
        let index = pointAt - 1 - place
        return digits.indices.contains(index) ? Int(digits[index]) : 0
    }
}

extension StringsView {
    /// A text read as a number.
    func numeric(_ index: Int, slot: Int) throws(ValueProblem) -> NumericText {
        let number = unsafe withBytes(index) { unsafe NumericText($0) }
        guard let number else { throw ValueProblem(.notANumber, slot: slot, text: string(index)) }
        return number
    }
}
