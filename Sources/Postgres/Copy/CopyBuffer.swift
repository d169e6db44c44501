/// Bytes on their way to the server, in memory that is kept from one filling to the next.
@safe package struct CopyBuffer: ~Copyable {
    /// How many bytes are in it.
    package private(set) var count = 0
    private var storage: UnsafeMutableRawBufferPointer

    /// Makes an empty buffer with room for `capacity` bytes; it grows when a row needs more.
    package init(capacity: Int = 0) {
        unsafe storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Forgets the bytes and keeps the memory.
    package mutating func removeAll() { count = 0 }

    /// Makes room for `size` more bytes, whose content is yet to be written, and tells where they begin.
    mutating func grow(by size: Int) -> Int {
        let start = count
        count += size
        guard unsafe count > storage.count else { return start }
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count, storage.count * 2),
            alignment: 16
        )
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<start]))
        unsafe storage.deallocate()
        unsafe storage = unsafe larger
        return start
    }

    /// Appends bytes as they are.
    package mutating func append(_ source: [UInt8]) {
        let start = grow(by: source.count)
        var bytes = bytes
        for index in source.indices { bytes.storeBytes(of: source[index], toByteOffset: start + index, as: UInt8.self) }
    }

    /// The bytes, to be written.
    var bytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: storage[..<count]))
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Lends the bytes for the time of a call.
    package borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }
}
