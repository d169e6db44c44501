/// One file of a migration: its statements, how they are to be run, and where each stands.
package struct MigrationFile: Sendable {
    /// As it is shown to the user.
    package let path: String
    /// In the order in which they are run.
    package let statements: [SQLStatement]
    /// Whether all of it happens or nothing.
    package let isTransaction: Bool
    /// Tells whether the file was edited: line ends and blanks at its end do not count.
    package let checksum: String
    private let source: SourceFile

    /// Reads a file's bytes.
    ///
    /// - Throws: ``Diagnostics`` with everything that would keep it from being run.
    init(_ bytes: [UInt8], path: String) throws(Diagnostics) {
        let source: SourceFile
        do throws(Diagnostic) {
            source = try SourceFile.decode(bytes, path: path)
        } catch {
            throw Diagnostics([error])
        }
        let scan = SQLScan(source.bytes)
        let problems = Self.problems(scan, source)
        guard problems.isEmpty else { throw Diagnostics(problems) }
        self.path = path
        self.source = source
        statements = scan.statements
        isTransaction = !scan.directives.contains { $0.text == Self.noTransaction }
        checksum = Digest.sha256(Self.normalized(source.bytes[...]))
    }

    static let noTransaction = "no transaction"

    private static func problems(_ scan: SQLScan, _ source: SourceFile) -> [Diagnostic] {
        if let open = scan.openAt {
            return [Diagnostic("what is opened here is never closed", at: source.location(offset: open))]
        }
        return scan.directives.compactMap { problem($0, source) } + scan.statements.compactMap { problem($0, source) }
    }

    private static func problem(_ directive: SQLScan.Directive, _ source: SourceFile) -> Diagnostic? {
        var place = source.location(offset: directive.offset)
        place.length = directive.length
        if directive.text != noTransaction {
            return Diagnostic(
                "'pintail: \(directive.text)' says nothing to Pintail",
                at: place,
                hint: didYouMean(directive.text, among: [noTransaction]) ?? "there is '-- pintail: \(noTransaction)'"
            )
        }
        guard directive.statementsBefore > 0 else { return nil }
        return Diagnostic(
            "'-- pintail: \(noTransaction)' stands behind the first statement",
            at: place,
            hint: "it is for the whole file: write it above all statements"
        )
    }

    private static func problem(_ statement: SQLStatement, _ source: SourceFile) -> Diagnostic? {
        var place = source.location(offset: statement.range.lowerBound)
        place.length = statement.words.first?.unicodeScalars.count ?? 1
        if statement.endsTransaction {
            return Diagnostic(
                "a migration has no \(statement.words.first ?? "") of its own",
                at: place,
                hint:
                    "each file is one transaction; '-- pintail: \(noTransaction)' above runs its statements one by one"
            )
        }
        guard statement.copiesThroughClient else { return nil }
        return Diagnostic(
            "a migration cannot send rows along",
            at: place,
            hint: "write INSERT INTO … VALUES, or load them with a pipeline"
        )
    }

    /// The text that is sent for a statement.
    package func text(of statement: SQLStatement) -> String {
        String(decoding: source.bytes[statement.range], as: UTF8.self)
    }

    /// Tells the first statements from others.
    package func checksum(ofFirst count: Int) -> String {
        statements.prefix(count).reduce(Self.nothing) { checksum(of: $1, after: $0) }
    }

    /// Tells some statements and one more from others, by what tells those before it.
    package func checksum(of statement: SQLStatement, after previous: String) -> String {
        Digest.sha256(Array(previous.utf8) + Self.normalized(source.bytes[statement.range]))
    }

    /// Stands for no statement at all.
    private static let nothing = "none"

    private static func normalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var normalized: [UInt8] = []
        normalized.reserveCapacity(bytes.count)
        for (index, byte) in zip(bytes.indices, bytes) {
            if byte == 0x0D, index + 1 < bytes.endIndex, bytes[index + 1] == 0x0A { continue }
            normalized.append(byte)
        }
        while let last = normalized.last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { normalized.removeLast() }
        return normalized
    }
}

extension MigrationFile {
    /// Where a server stopped in a statement, which it counts in characters from 1; its first word when it does not say.
    package func location(of statement: SQLStatement, character position: Int?) -> SourceLocation {
        let before = text(of: statement).unicodeScalars.prefix(max(0, (position ?? 1) - 1))
        return location(of: statement, offset: before.reduce(0) { $0 + UTF8.width($1) })
    }

    /// Where a database stopped in a statement, in UTF-8 bytes from the statement's start.
    package func location(of statement: SQLStatement, offset: Int) -> SourceLocation {
        let offset = min(max(0, offset), statement.range.count - 1) + statement.range.lowerBound
        var place = source.location(offset: offset)
        place.length = Self.length(of: source.bytes[offset..<statement.range.upperBound])
        return place
    }

    /// Where a statement names something, as far as that can be found; else its first word.
    package func location(of statement: SQLStatement, naming name: String?) -> SourceLocation {
        let text = Array(source.bytes[statement.range])
        let wanted = Array((name ?? "").utf8)
        guard !wanted.isEmpty, text.count >= wanted.count else { return location(of: statement, offset: 0) }
        for offset in 0...(text.count - wanted.count) where text[offset...].starts(with: wanted) {
            let isWhole = ![offset - 1, offset + wanted.count].contains { text.indices.contains($0) && text[$0].isWord }
            if isWhole { return location(of: statement, offset: offset) }
        }
        return location(of: statement, offset: 0)
    }

    /// The place of the file as a whole.
    package var start: SourceLocation { SourceLocation(file: path, line: 1, column: 1) }

    /// The scalars of the word or quoted name that a text begins with.
    private static func length(of bytes: ArraySlice<UInt8>) -> Int {
        let text = String(decoding: bytes.prefix(256), as: UTF8.self).unicodeScalars
        if text.first == "\"" { return text.dropFirst().prefix { $0 != "\"" && $0 != "\n" }.count + 2 }
        return max(1, text.prefix { $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil }.count)
    }
}
