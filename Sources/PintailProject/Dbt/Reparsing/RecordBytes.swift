/// Writes numbers and texts one behind the other, as ``RecordReader`` reads them.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    /// - Parameter count: about how many bytes there will be.
    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    mutating func number(_ number: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) {
            unsafe bytes.append(contentsOf: $0)
        }
    }

    mutating func text(_ text: String) {
        number(text.utf8.count)
        bytes += text.utf8
    }

    mutating func optional(_ text: String?) {
        number(text == nil ? 0 : 1)
        if let text { self.text(text) }
    }

    mutating func list<Element>(_ elements: [Element], _ write: (inout RecordWriter, Element) -> Void) {
        number(elements.count)
        for element in elements { write(&self, element) }
    }

    mutating func fingerprint(_ fingerprint: Fingerprint) {
        number(fingerprint.low)
        number(fingerprint.high)
    }

    mutating func stamp(_ stamp: FileStamp) {
        number(stamp.size)
        number(stamp.inode)
        number(stamp.modified)
        number(stamp.changed)
    }
}

/// Reads what a ``RecordWriter`` wrote; bytes that it did not write end the reading, and never the program.
struct RecordReader: ~Copyable {
    /// The bytes are none of a ``RecordWriter``.
    struct Foreign: Error {}

    private let bytes: [UInt8]
    private var place: Int
    private let end: Int

    init(_ bytes: [UInt8], from place: Int, to end: Int) {
        self.bytes = bytes
        self.place = place
        self.end = min(end, bytes.count)
    }

    mutating func number() throws(Foreign) -> Int {
        guard place >= 0, place + 8 <= end else { throw Foreign() }
        let word = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
        place += 8
        return Int(bitPattern: UInt(UInt64(littleEndian: word)))
    }

    mutating func text() throws(Foreign) -> String {
        let count = try number()
        guard count >= 0, count <= end - place else { throw Foreign() }
        defer { place += count }
        return String(decoding: bytes[place..<(place + count)], as: UTF8.self)
    }

    mutating func optional() throws(Foreign) -> String? { try number() == 0 ? nil : try text() }

    mutating func list<Element>(
        _ read: (inout RecordReader) throws(Foreign) -> Element
    ) throws(Foreign) -> [Element] {
        let count = try number()
        // Nothing that is listed takes less than a number.
        guard count >= 0, count <= (end - place) / 8 else { throw Foreign() }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    mutating func fingerprint() throws(Foreign) -> Fingerprint {
        let low = try number()
        return Fingerprint(low: UInt64(bitPattern: Int64(low)), high: UInt64(bitPattern: Int64(try number())))
    }

    mutating func stamp() throws(Foreign) -> FileStamp {
        let (size, inode) = (try number(), try number())
        let (modified, changed) = (try number(), try number())
        return FileStamp(
            size: Int64(size),
            inode: UInt64(bitPattern: Int64(inode)),
            modified: Int64(modified),
            changed: Int64(changed)
        )
    }
}
