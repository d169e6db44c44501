import PintailOrchestrator
import PintailProject

/// Files as DuckDB can read them, all of one format.
struct PreparedFiles {
    var files: [SourceFile] = []
    var format: FileFormat
    var warnings: [String] = []
    /// Why a view over the files would not last; `nil` when they stay where they are.
    var goneAfterRun: String?
    /// What the text was written in.
    var encoding: String?
}

/// Unpacks, transcodes and tells apart the files of an extract; what it makes lies in the spool.
struct FilePreparation {
    let extract: Extract
    let spool: Spool

    private static let sampleBytes = 1 << 18
    /// As much as a file is filled up with zeros for, at most.
    private static let blockBytes = 1 << 16

    /// A file on its way: what it holds, and where that lies now.
    private struct Prepared {
        var file: SourceFile
        var format: FileFormat
        var reason: String?
        var encoding: String?
    }

    /// Readies every file, and checks that they can be one table.
    func prepare(_ files: [SourceFile]) throws -> PreparedFiles {
        let prepared = try files.flatMap { try prepare($0) }
        guard let first = prepared.first else { return PreparedFiles(format: extract.format ?? .csv) }
        if let other = prepared.first(where: { $0.format.family != first.format.family }) {
            throw mixed(first, other)
        }
        return PreparedFiles(
            files: prepared.map(\.file),
            format: first.format,
            goneAfterRun: prepared.lazy.compactMap(\.reason).first,
            encoding: prepared.lazy.compactMap(\.encoding).first
        )
    }

    private func mixed(_ one: Prepared, _ other: Prepared) -> StepError {
        guard let folder = folder(of: one.file) else {
            return StepError(
                "\(one.file.name) is \(one.format.rawValue) and \(other.file.name) is \(other.format.rawValue): one table cannot be read from both",
                hint: "narrow down 'from:', or make two extracts"
            )
        }
        let names = [one, other].map { "\($0.file.name.dropFirst(folder.count + 1)) is \($0.format.rawValue)" }
        return StepError(
            "\(folder) is a folder, and its files are no one table: \(names.joined(separator: " and "))",
            hint: "say which are meant, as in '\(folder)/*.\(other.format.rawValue)'"
        )
    }

    /// The folder that was named, when it was not the file itself or a pattern.
    private func folder(of file: SourceFile) -> String? {
        guard case .files(let paths) = extract.source else { return nil }
        return paths.lazy.map { $0.last == "/" ? String($0.dropLast()) : $0 }.first { path in
            file.name.hasPrefix(path + "/") && !GlobPattern.isPattern(path) && FileNameEndings(path).packing == nil
        }
    }

    /// Whether DuckDB reads a file from where it lies: it is neither packed nor in another character set.
    func isReadInPlace(_ file: SourceFile) throws -> Bool {
        let endings = FileNameEndings(file.path)
        guard !file.isRemote, !file.isPipe, endings.packing == nil else { return false }
        let sample = try sample(file)
        let format = extract.format ?? endings.format ?? FileFormat(content: sample)
        guard Packing(magic: sample) == nil else { return false }
        return try !format.isText || charset(of: sample) == .utf8 && !format.stumblesOverMark(sample)
    }

    private func prepare(_ file: SourceFile) throws -> [Prepared] {
        let endings = FileNameEndings(file.path)
        if file.isRemote { return [Prepared(file: file, format: extract.format ?? endings.format ?? .csv)] }
        let sample = try sample(file)
        if let packing = Packing(magic: sample), !(packing == .zip && isWorkbook(endings)) {
            return try unpack(file, packing)
        }
        if let packing = endings.packing, !sample.isEmpty {
            throw StepError(
                "\(file.name) is named like a \(packing.rawValue) file, but is none",
                hint: "the file is damaged, or its name is wrong"
            )
        }
        return [try unpacked(file, sample, endings)]
    }

    private func isWorkbook(_ endings: FileNameEndings) -> Bool {
        extract.format == .xlsx || (extract.format == nil && endings.format == .xlsx && endings.packing == nil)
    }

    private func sample(_ file: SourceFile) throws -> [UInt8] {
        do {
            return try FileBytes(file.path).read(Self.sampleBytes)
        } catch let error as SystemError {
            throw StepError("cannot read \(file.name): \(error.reason)")
        }
    }

    private func unpacked(_ file: SourceFile, _ sample: [UInt8], _ endings: FileNameEndings) throws -> Prepared {
        let format = extract.format ?? endings.format ?? FileFormat(content: sample)
        var prepared = Prepared(file: file, format: format)
        guard format.isText else { return prepared }
        let charset = try charset(of: sample)
        prepared.encoding = charset.name.lowercased()
        if charset != .utf8 {
            prepared.file = try transcode(file, from: charset)
            prepared.reason = "\(file.name) is rewritten from \(charset.name.lowercased()) for this run"
        } else if format.stumblesOverMark(sample) {
            prepared.file = try transcode(file, from: charset)
            prepared.reason = "\(file.name) is rewritten without its byte order mark for this run"
        }
        return prepared
    }

    private func charset(of sample: [UInt8]) throws -> Charset {
        guard let name = extract.csv.encoding else {
            return Charset.detect(sample, isWhole: sample.count < Self.sampleBytes)
        }
        guard let charset = Charset(named: name) else {
            throw Diagnostics([
                Diagnostic(
                    "'\(name)' is not a character set",
                    at: extract.locations["csv.encoding"],
                    hint: "as utf-8, utf-16, latin-1 or windows-1252; 'iconv -l' lists all"
                )
            ])
        }
        return charset
    }

    private func unpack(_ file: SourceFile, _ packing: Packing) throws -> [Prepared] {
        let archive = try PackedFile(file.path, packing, named: file.name)
        var members: [Prepared] = []
        while let member = try archive.nextMember() {
            if packing == .zip, isMetadata(member.name) { continue }
            guard !member.isEncrypted else {
                throw StepError("\(file.name) is encrypted", hint: "unpack it with its password first")
            }
            members += try prepare(try copy(archive, member, of: file, packing)).map { prepared in
                var prepared = prepared
                prepared.reason = "\(file.name) is unpacked for this run"
                return prepared
            }
        }
        guard !members.isEmpty else { throw StepError("\(file.name) holds no files") }
        return members
    }

    /// What archivers of macOS add beside the files.
    private func isMetadata(_ name: String) -> Bool {
        name.hasPrefix("__MACOSX/") || name.split(separator: "/").last?.utf8.first == UInt8(ascii: ".")
    }

    private func copy(
        _ archive: PackedFile,
        _ member: PackedFile.Member,
        of file: SourceFile,
        _ packing: Packing
    ) throws -> SourceFile {
        let inner = packing == .zip ? member.name : FileNameEndings(file.name).unpackedName
        let path = try spool.path(inner)
        let writer = try FileWriter(path)
        var check = GzipCheck()
        var size: Int64 = 0
        while true {
            var piece: [UInt8] = []
            guard try archive.read(1 << 20, into: &piece) > 0 else { break }
            if packing == .gzip { check.add(piece) }
            size += Int64(piece.count)
            try writer.write(piece[...])
        }
        if packing == .gzip, try isDamaged(file, check) {
            throw StepError(
                "\(file.name) is damaged: its checksum does not match its content",
                hint: "fetch the file again"
            )
        }
        return SourceFile(
            path: path,
            name: packing == .zip ? file.name + "/" + member.name : file.name,
            size: Bytes(size),
            modified: file.modified
        )
    }

    /// Whether other bytes came out of a gzip file than went in, as far as its end tells.
    private func isDamaged(_ file: SourceFile, _ check: GzipCheck) throws -> Bool {
        let size = Int(clamping: try FileStatus(file.path).size)
        switch check.verdict(on: try FileBytes(file.path).readLast(min(size, Self.blockBytes))) {
        case .agrees: return false
        case .differs: return true
        case .otherLength: return try !GzipCheck.hasSeveralMembers(FileBytes(file.path))
        }
    }

    /// Rewrites a text file as UTF-8 in the spool, from the first of two character sets that has all its bytes.
    func transcode(_ file: SourceFile, from charset: Charset, orElse other: Charset) throws -> SourceFile {
        do {
            return try transcode(file, from: charset)
        } catch is StepError {
            return try transcode(file, from: other)
        }
    }

    /// Rewrites a text file as UTF-8 in the spool.
    func transcode(_ file: SourceFile, from charset: Charset) throws -> SourceFile {
        let source = try FileBytes(file.path)
        // The file's own name may be that of what it was unpacked from.
        let path = try spool.path(file.path)
        let writer = try FileWriter(path)
        let transcoder = Transcoder(from: charset)
        var size: Int64 = 0
        while true {
            let piece = try source.read(1 << 20)
            if piece.isEmpty { break }
            guard let text = transcoder.convert(piece) else { throw notIn(charset, file) }
            size += Int64(text.count)
            try writer.write(text[...])
        }
        if transcoder.isCut { throw notIn(charset, file) }
        return SourceFile(path: path, name: file.name, size: Bytes(size), modified: file.modified)
    }

    private func notIn(_ charset: Charset, _ file: SourceFile) -> StepError {
        StepError(
            "\(file.name) is not written in \(charset.name.lowercased())",
            hint: extract.csv.encoding == nil
                ? "say what it is written in: csv: {encoding: ...}" : "leave 'encoding:' out to have it detected"
        )
    }
}

extension FileFormat {
    /// Whether files of the format are text, whose character set matters.
    var isText: Bool { self != .parquet && self != .xlsx }

    /// Whether the reader refuses the byte order mark that such a file begins with: programs of Windows write one.
    fileprivate func stumblesOverMark(_ sample: [UInt8]) -> Bool {
        family == FileFormat.json.family && sample.starts(with: [0xEF, 0xBB, 0xBF])
    }

    /// Formats that are read by the same reader.
    fileprivate var family: Int {
        switch self {
        case .csv, .tsv: 0
        case .json, .ndjson: 1
        case .parquet: 2
        case .xlsx: 3
        }
    }
}
