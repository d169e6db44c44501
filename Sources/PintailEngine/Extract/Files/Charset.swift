#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The character set a text file is written in.
struct Charset: Hashable, Sendable {
    /// The name iconv knows it by.
    let name: String

    static let utf8 = Charset(name: "UTF-8")
    static let utf16LittleEndian = Charset(name: "UTF-16LE")
    static let utf16BigEndian = Charset(name: "UTF-16BE")
    static let windows1252 = Charset(name: "WINDOWS-1252")
    static let latin1 = Charset(name: "ISO-8859-1")

    /// Guesses from a file's first bytes.
    ///
    /// - Parameter isWhole: whether the bytes end where the file ends; if not, the last character may be cut.
    static func detect(_ bytes: [UInt8], isWhole: Bool) -> Charset {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        if let wide = wide(bytes) { return wide }
        return isUTF8(bytes, isWhole: isWhole) ? .utf8 : singleByte(bytes)
    }

    /// Without a mark, UTF-16 shows by the zero halves of its ASCII letters.
    private static func wide(_ bytes: [UInt8]) -> Charset? {
        guard bytes.count >= 4 else { return nil }
        var zeros = (even: 0, odd: 0)
        for (index, byte) in bytes.enumerated() where byte == 0 {
            if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        let half = bytes.count / 2
        if zeros.odd * 10 > half * 4, zeros.even * 20 < half { return .utf16LittleEndian }
        if zeros.even * 10 > half * 4, zeros.odd * 20 < half { return .utf16BigEndian }
        return nil
    }

    /// Windows-1252, unless it has bytes that mean nothing there.
    static func singleByte(_ bytes: [UInt8]) -> Charset {
        let undefined: Set<UInt8> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
        return bytes.contains(where: undefined.contains) ? .latin1 : .windows1252
    }

    /// Whether bytes are UTF-8, but for a character cut at the end when they go on.
    static func isUTF8(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        if String(validating: bytes, as: UTF8.self) != nil { return true }
        guard !isWhole else { return false }
        return (1...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }

    /// A character set by the name a user writes; `nil` when iconv does not know it.
    init?(named name: String) {
        let plain = name.uppercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        let known =
            switch plain {
            case "UTF8", "UTF8SIG": "UTF-8"
            case "LATIN1", "ISO88591": "ISO-8859-1"
            case "CP1252", "WINDOWS1252", "ANSI": "WINDOWS-1252"
            case "UTF16": "UTF-16"
            default: name.uppercased()
            }
        let probe = unsafe iconv_open("UTF-8", known)
        guard Int(bitPattern: probe) != -1 else { return nil }
        unsafe iconv_close(probe)
        self.name = known
    }

    private init(name: String) { self.name = name }
}

/// Rewrites text as UTF-8, piece by piece.
@safe final class Transcoder {
    private let handle: iconv_t?
    private var rest: [UInt8] = []
    private var isFirst = true

    /// Converts from `charset`.
    init(from charset: Charset) {
        unsafe handle = iconv_open("UTF-8", charset.name)
    }

    deinit { unsafe iconv_close(handle) }

    /// The next piece as UTF-8; `nil` when it holds bytes that mean nothing in the character set.
    func convert(_ piece: [UInt8]) -> [UInt8]? {
        var input = rest + piece
        // No character set writes more than four bytes of UTF-8 for one of its own.
        var output = [UInt8](repeating: 0, count: input.count * 4 + 16)
        var left = (input: input.count, output: output.count)
        let failed = unsafe input.withUnsafeMutableBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                var from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
                var to = unsafe target.baseAddress?.assumingMemoryBound(to: CChar.self)
                // EINVAL is a character whose end is in the next piece.
                return unsafe iconv(handle, &from, &left.input, &to, &left.output) == -1 && errno != EINVAL
            }
        }
        guard !failed else { return nil }
        rest = Array(input.suffix(left.input))
        output.removeLast(left.output)
        defer { isFirst = false }
        return isFirst && output.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(output.dropFirst(3)) : output
    }

    /// Whether the text ended in the middle of a character.
    var isCut: Bool { !rest.isEmpty }
}
