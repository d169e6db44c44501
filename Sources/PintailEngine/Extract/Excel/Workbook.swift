/// What a workbook says about itself: its sheets, the texts its cells share, and which styles are dates.
///
/// Read here and not by DuckDB's extension, which takes each column's type from the first row: a date column that begins with
/// an empty cell would come out as numbers. ECMA-376: https://ecma-international.org/publications-and-standards/standards/ecma-376/
struct Workbook {
    /// What a number in a cell of some style means.
    enum NumberStyle {
        case number, date, timestamp, time
    }

    private let path: String
    private let name: String
    /// The sheets' names, in the order of their tabs.
    private(set) var sheets: [(name: String, part: String)] = []
    private(set) var sharedTexts: [String] = []
    private(set) var styles: [NumberStyle] = []
    /// Whether days are counted from 1904, as old Macs did.
    private(set) var countsFrom1904 = false

    /// Reads everything but the sheets.
    init(_ path: String, named name: String) throws {
        self.path = path
        self.name = name
        var targets: [String: String] = [:]
        var named: [(name: String, id: String)] = []
        try read("xl/workbook.xml") { event in
            guard case .start(let element, let attributes, _) = event else { return }
            if element == "sheet" { named.append((attributes["name"] ?? "", attributes["id"] ?? "")) }
            if element == "workbookPr" { countsFrom1904 = ["1", "true"].contains(attributes["date1904"]) }
        }
        try read("xl/_rels/workbook.xml.rels") { event in
            guard case .start("Relationship", let attributes, _) = event else { return }
            targets[attributes["Id"] ?? ""] = attributes["Target"]
        }
        sheets = named.map { sheet in
            let target = targets[sheet.id] ?? ""
            return (sheet.name, target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target)
        }
        guard !sheets.isEmpty else { throw StepError("\(name) is not a workbook that Excel 2007 or later wrote") }
        try readStyles()
        try readSharedTexts()
    }

    /// Opens a part of the workbook; `nil` when it has none of that name.
    func part(_ wanted: String) throws -> PackedFile? {
        let archive = try PackedFile(path, .zip, named: name)
        while let member = try archive.nextMember() {
            guard member.name == wanted else { continue }
            guard !member.isEncrypted else { throw StepError("\(name) is encrypted") }
            return archive
        }
        return nil
    }

    private func read(_ wanted: String, _ visit: (XMLScanner.Event) throws -> Void) throws {
        guard let part = try part(wanted) else { return }
        var scanner = XMLScanner(part)
        while let event = try scanner.event() { try visit(event) }
    }

    private mutating func readStyles() throws {
        var formats: [Int: String] = [:]
        var found: [NumberStyle] = []
        var isInCellFormats = false
        try read("xl/styles.xml") { event in
            switch event {
            case .start("numFmt", let attributes, _):
                if let id = attributes["numFmtId"].flatMap({ Int($0) }) { formats[id] = attributes["formatCode"] }
            case .start("cellXfs", _, let isEmpty): isInCellFormats = !isEmpty
            case .end("cellXfs"): isInCellFormats = false
            case .start("xf", let attributes, _) where isInCellFormats:
                let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
                found.append(Self.style(id, formats[id]))
            default: break
            }
        }
        styles = found
    }

    /// Formats up to 163 are built in: section 18.8.30 of ECMA-376.
    private static func style(_ id: Int, _ code: String?) -> NumberStyle {
        switch id {
        case 14...17, 27...31, 34...36, 50...58: return .date
        case 18...21, 32, 33, 45, 47: return .time
        case 22: return .timestamp
        default: break
        }
        guard let code else { return .number }
        // Quoted texts, colours and locales in a format are no date letters.
        var letters = ""
        var closing: Character?
        for character in code.lowercased() {
            if let end = closing {
                if character == end { closing = nil }
            } else if character == "\"" {
                closing = "\""
            } else if character == "[" {
                closing = "]"
            } else {
                letters.append(character)
            }
        }
        let hasDay = letters.contains("y") || letters.contains("d")
        let hasTime = letters.contains("h") || letters.contains("s")
        if hasDay { return hasTime ? .timestamp : .date }
        return hasTime ? .time : .number
    }

    private mutating func readSharedTexts() throws {
        var texts: [String] = []
        var text = ""
        var isInText = false
        var isPhonetic = false
        try read("xl/sharedStrings.xml") { event in
            switch event {
            case .start("si", _, let isEmpty):
                text = ""
                if isEmpty { texts.append("") }
            case .end("si"): texts.append(text)
            case .start("rPh", _, let isEmpty): isPhonetic = !isEmpty
            case .end("rPh"): isPhonetic = false
            case .start("t", _, let isEmpty): isInText = !isEmpty
            case .end("t"): isInText = false
            case .text(let piece) where isInText && !isPhonetic: text += piece
            default: break
            }
        }
        sharedTexts = texts
    }
}
