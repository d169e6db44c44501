import CArchive
import PintailOrchestrator

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension EstimatedFile {
    /// How much of a file's beginning is looked at.
    private static let headBytes = 262_144
    /// What text of tables unpacks to, where the file cannot be looked into: measured from 3 to 10 on CSV with gzip.
    private static let typicalRatio = 4.0
    /// More files than this are known by an even choice of them.
    private static let filesOpened = 32
    private static let compressions = [".gz", ".zst", ".bz2", ".xz", ".zip"]

    /// Whether the name says that the text is packed.
    var isCompressed: Bool { Self.compressions.contains { path.lowercased().hasSuffix($0) } }

    /// The size of all files' text, unpacked; of packed ones a few tell for all.
    static func unpackedSize(of files: [EstimatedFile]) -> Double {
        let packed = files.filter(\.isCompressed)
        let plain = files.reduce(0.0) { $1.isCompressed ? $0 : $0 + Double($1.size.count) }
        let chosen = evenChoice(of: packed)
        let ratio =
            chosen.reduce(0.0) { $0 + $1.unpackedSize } / max(1, chosen.reduce(0.0) { $0 + Double($1.size.count) })
        return plain + packed.reduce(0.0) { $0 + Double($1.size.count) } * ratio
    }

    /// All files, or some of them from all over the list.
    static func evenChoice(of files: [EstimatedFile]) -> [EstimatedFile] {
        guard files.count > filesOpened else { return files }
        return (0..<filesOpened).map { files[$0 * files.count / filesOpened] }
    }

    /// The text's size, unpacked: measured where the file can be looked into.
    private var unpackedSize: Double {
        guard isCompressed else { return Double(size.count) }
        guard let beginning = UnpackedBeginning(of: path, bytes: Self.headBytes * 4) else {
            return Double(size.count) * Self.typicalRatio
        }
        return beginning.isWhole ? Double(beginning.bytes.count) : Double(size.count) * beginning.ratio
    }

    /// The text's beginning; `nil` when the file cannot be looked into.
    var head: [UInt8]? {
        isCompressed
            ? UnpackedBeginning(of: path, bytes: Self.headBytes)?.bytes : piece(at: 0, bytes: Self.headBytes)
    }

    /// Pieces of the text after its beginning, evenly spread; none of a packed file.
    func places(_ count: Int, of bytes: Int) -> [[UInt8]] {
        let rest = size.count - Int64(Self.headBytes)
        guard !isCompressed, rest > 0 else { return [] }
        let step = max(Int64(bytes), rest / Int64(count))
        return stride(from: Int64(Self.headBytes), to: size.count, by: Int(step)).prefix(count)
            .compactMap { piece(at: $0 + max(0, step - Int64(bytes)) / 2, bytes: bytes) }
    }

    private func piece(at offset: Int64, bytes count: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var done = 0
        var isReadable = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let target = unsafe buffer.baseAddress.map { unsafe $0 + done }
                let read = unsafe pread(descriptor, target, count - done, off_t(offset) + off_t(done))
                isReadable = read >= 0
                if read <= 0 { break }
                done += read
            }
            filled = done
        }
        return isReadable ? bytes : nil
    }
}

/// The first bytes of what a packed file holds, and what they took in it.
///
/// https://github.com/libarchive/libarchive/wiki/ManPageArchiveRead3
@safe private struct UnpackedBeginning {
    let bytes: [UInt8]
    /// Unpacked bytes for one packed.
    let ratio: Double
    /// Whether there is no more.
    let isWhole: Bool

    /// libarchive's reads of the file itself.
    private static let blockBytes = 10_240

    init?(of path: String, bytes limit: Int) {
        guard let archive = unsafe archive_read_new() else { return nil }
        defer { unsafe archive_read_free(archive) }
        unsafe archive_read_support_filter_all(archive)
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_zip(archive)
        var entry: OpaquePointer?
        guard unsafe archive_read_open_filename(archive, path, Self.blockBytes) == ARCHIVE_OK,
            unsafe archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else { return nil }
        var done = 0
        var last = 0
        let unpacked = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            repeat {
                last = unsafe archive_read_data(archive, buffer.baseAddress.map { unsafe $0 + done }, limit - done)
                done += max(0, last)
            } while last > 0 && done < limit
            filled = done
        }
        let packed = unsafe archive_filter_bytes(archive, -1)
        guard done > 0, packed > 0 else { return nil }
        bytes = unpacked
        ratio = Double(done) / Double(packed)
        isWhole = last == 0
    }
}
