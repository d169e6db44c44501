import CArchive

/// Unpacks compressed files and archives, one member after another.
@safe final class PackedFile: ByteSource {
    private let archive: OpaquePointer?
    private let name: String
    /// Whether it is unpacked to no bytes at all, which libarchive takes for no format.
    private var isEmpty = false
    private var isDone = false

    /// One file inside an archive.
    struct Member: Hashable {
        let name: String
        let isEncrypted: Bool
    }

    /// Opens a packed file; a compressed file that is no archive has one member without a name.
    init(_ path: String, _ packing: Packing, named name: String) throws {
        self.name = name
        unsafe archive = archive_read_new()
        // libarchive's own list: https://github.com/libarchive/libarchive/wiki/ManPageArchiveReadFilter3
        switch packing {
        case .gzip: unsafe archive_read_support_filter_gzip(archive)
        case .zstd: unsafe archive_read_support_filter_zstd(archive)
        case .bzip2: unsafe archive_read_support_filter_bzip2(archive)
        case .xz: unsafe archive_read_support_filter_xz(archive)
        case .zip: unsafe archive_read_support_format_zip(archive)
        }
        if packing != .zip { unsafe archive_read_support_format_raw(archive) }
        guard unsafe archive_read_open_filename(archive, path, Self.blockSize) != ARCHIVE_OK else { return }
        isEmpty = packing != .zip && reason == "Unrecognized archive format"
        if !isEmpty { throw failure() }
    }

    deinit { unsafe archive_read_free(archive) }

    private static let blockSize = 1 << 18

    /// Steps to the next member that is a file; `nil` after the last.
    func nextMember() throws -> Member? {
        if isEmpty {
            defer { isDone = true }
            return isDone ? nil : Member(name: "", isEncrypted: false)
        }
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return nil }
            guard status >= ARCHIVE_WARN else { throw failure() }
            let isFile = unsafe archive_entry_filetype(entry) == S_IFREG
            guard isFile else { continue }
            let name = unsafe archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
            return unsafe Member(
                name: name.map { unsafe String(cString: $0) } ?? "",
                isEncrypted: archive_entry_is_encrypted(entry) != 0
            )
        }
    }

    private var reason: String? { unsafe archive_error_string(archive).map { unsafe String(cString: $0) } }

    func read(_ limit: Int, into bytes: inout [UInt8]) throws -> Int {
        guard !isEmpty else { return 0 }
        try Task.checkCancellation()
        var failed = false
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            let count = unsafe archive_read_data(archive, buffer.baseAddress, limit)
            failed = count < 0
            filled = max(0, count)
        }
        if failed { throw failure() }
        bytes += piece
        return piece.count
    }

    private func failure() -> StepError {
        StepError(
            "\(name) cannot be unpacked: \(reason ?? "unknown reason")",
            hint: "the file is damaged or was cut short; fetch it again"
        )
    }
}
