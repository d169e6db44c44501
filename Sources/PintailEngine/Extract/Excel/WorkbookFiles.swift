import PintailOrchestrator
import PintailProject

/// Turns sheets of workbooks into delimited text in the spool, from where they go the way of all text.
struct WorkbookFiles {
    let extract: Extract
    let spool: Spool

    /// The same files as text.
    func texts(_ prepared: PreparedFiles) throws -> PreparedFiles {
        var texts = prepared
        texts.files = try prepared.files.map { try text(of: $0, &texts.warnings) }
        texts.format = .csv
        texts.encoding = nil
        texts.goneAfterRun = "a workbook is unpacked for this run"
        return texts
    }

    private func text(of file: SourceFile, _ warnings: inout [String]) throws -> SourceFile {
        guard file.size != 0 else { return file }
        let workbook = try Workbook(file.path, named: file.name)
        let sheet = try sheet(of: workbook, file)
        let rows = SheetRows(workbook: workbook, range: try range())
        guard let part = try workbook.part(sheet.part) else {
            throw StepError("\(file.name): the sheet '\(sheet.name)' is missing")
        }
        let path = try spool.path(file.name + ".csv")
        // The widest row is not known before the last is read: rows are written twice.
        var width = 0
        let uncalculated = try rows.read(part) { _, cells in width = max(width, cells.count) }
        if uncalculated > 0 { warnings.append(Self.warning(uncalculated, file, sheet.name)) }
        guard let again = try workbook.part(sheet.part) else {
            throw StepError("\(file.name) changed while it was read")
        }
        let size = try write(rows, again, width, to: path)
        return SourceFile(path: path, name: file.name, size: Bytes(size), modified: file.modified)
    }

    private static func warning(_ uncalculated: Int, _ file: SourceFile, _ sheet: String) -> String {
        """
        \(file.name), sheet '\(sheet)': \(uncalculated == 1 ? "1 formula has" : "\(RowCount(uncalculated)) formulas have") \
        no result and \(uncalculated == 1 ? "is" : "are") read as empty; a program that calculates stores results when it \
        saves the file
        """
    }

    private func sheet(of workbook: Workbook, _ file: SourceFile) throws -> (name: String, part: String) {
        guard let wanted = extract.excel.sheet else { return workbook.sheets[0] }
        if let sheet = workbook.sheets.first(where: { $0.name.lowercased() == wanted.lowercased() }) { return sheet }
        let names = workbook.sheets.map(\.name)
        throw StepError(
            "\(file.name) has no sheet '\(wanted)'",
            hint: nearest(to: wanted, among: names).map { "did you mean '\($0)'?" }
                ?? "its sheets are \(names.map { "'\($0)'" }.joined(separator: ", "))"
        )
    }

    private func range() throws -> SheetRows.Range {
        guard let text = extract.excel.range else { return SheetRows.Range() }
        guard let range = SheetRows.Range(text) else {
            throw Diagnostics([
                Diagnostic(
                    "'\(text)' is not a range of cells",
                    at: extract.locations["excel.range"],
                    hint: "write it as A1:F200"
                )
            ])
        }
        return range
    }

    private func write(_ rows: SheetRows, _ part: any ByteSource, _ width: Int, to path: String) throws -> Int64 {
        let writer = try FileWriter(path)
        var pending: [UInt8] = []
        var size: Int64 = 0
        try rows.read(part) { _, cells in
            for index in 0..<width {
                if index > 0 { pending.append(UInt8(ascii: ",")) }
                if cells.indices.contains(index), let cell = cells[index] { Self.append(cell, to: &pending) }
            }
            pending.append(UInt8(ascii: "\n"))
            guard pending.count > 1 << 20 else { return }
            try writer.write(pending[...])
            size += Int64(pending.count)
            pending.removeAll(keepingCapacity: true)
        }
        try writer.write(pending[...])
        return size + Int64(pending.count)
    }

    private static func append(_ cell: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in cell.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
