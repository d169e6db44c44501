#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes floating-point numbers as Python does.
enum FloatText {
    /// The shortest digits that read back as the same number.
    static func repr(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        let (digits, point) = shortest(number)
        let sign = number.sign == .minus ? "-" : ""
        if point > -4, point <= 16 { return sign + plain(digits, point) }
        return sign + exponential(digits, point - 1)
    }

    /// The shortest decimal digits of a finite number, and how many of them stand before the point.
    static func shortest(_ number: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = number.magnitude.description.utf8[...]
        if let mark = text.firstIndex(of: 0x65) {
            exponent = Int(String(text[text.index(after: mark)...]) ?? "0") ?? 0
            text = text[..<mark]
        }
        for byte in text {
            if byte == 0x2E { point = digits.count } else { digits.append(byte) }
        }
        var place = (point ?? digits.count) + exponent
        let zeros = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(zeros)
        place -= zeros
        while digits.last == 0x30 { digits.removeLast() }
        return digits.isEmpty ? ([0x30], 1) : (digits, place)
    }

    private static func plain(_ digits: [UInt8], _ point: Int) -> String {
        var bytes: [UInt8] = []
        if point <= 0 {
            bytes += [0x30, 0x2E] + [UInt8](repeating: 0x30, count: -point) + digits
        } else if point >= digits.count {
            bytes += digits + [UInt8](repeating: 0x30, count: point - digits.count) + [0x2E, 0x30]
        } else {
            bytes += digits[..<point] + [0x2E] + digits[point...]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func exponential(_ digits: [UInt8], _ exponent: Int) -> String {
        var bytes = [digits[0]]
        if digits.count > 1 { bytes += [0x2E] + digits[1...] }
        let magnitude = String(exponent.magnitude)
        return String(decoding: bytes, as: UTF8.self) + (exponent < 0 ? "e-" : "e+")
            + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
    }

    /// A number in C's notation `f`, `e` or `g`, correctly rounded.
    static func fixed(_ number: Double, _ notation: Character, precision: Int, alternate: Bool = false) -> String {
        let format = "%" + (alternate ? "#" : "") + ".*" + String(notation)
        // The longest double has 309 digits before its point.
        var buffer = [CChar](repeating: 0, count: 400 + precision)
        let length = unsafe withVaList([Int32(clamping: precision), number]) { list in
            unsafe vsnprintf(&buffer, buffer.count, format, list)
        }
        let bytes = buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
