import PintailProject

/// A character set a file is written in.
struct OutputEncoding: Hashable, Sendable {
    /// As the user named it.
    let name: String
    /// The name iconv knows it by; `nil` for UTF-8, which needs no conversion.
    let converter: String?
    /// What the file begins with.
    let mark: [UInt8]

    /// Takes any spelling that iconv or Python knows.
    init(_ name: String) {
        self.name = name
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" && $0 != " " }) {
        case "utf8", "": (converter, mark) = (nil, [])
        case "utf8sig", "utf8bom": (converter, mark) = (nil, Self.utf8Mark)
        case "utf16": (converter, mark) = ("UTF-16LE", [0xFF, 0xFE])
        case "utf16le", "utf16be": (converter, mark) = (name.lowercased().hasSuffix("be") ? "UTF-16BE" : "UTF-16LE", [])
        case "latin1", "iso88591": (converter, mark) = ("ISO-8859-1", [])
        case "cp1252", "windows1252", "ansi": (converter, mark) = ("WINDOWS-1252", [])
        default: (converter, mark) = (name, [])
        }
    }

    private init(name: String, converter: String?, mark: [UInt8]) {
        self.name = name
        self.converter = converter
        self.mark = mark
    }

    /// The same for what follows a file's first bytes: in its byte order, and without a second mark.
    func continuing(_ start: some Collection<UInt8>) -> OutputEncoding {
        let isBigEndian = converter == "UTF-16LE" && !mark.isEmpty && start.starts(with: [0xFE, 0xFF])
        return OutputEncoding(name: name, converter: isBigEndian ? "UTF-16BE" : converter, mark: [])
    }

    /// Whether DuckDB writes it as it is.
    var isPlain: Bool { converter == nil && mark.isEmpty }

    static let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
