/// Text on its way into a file, in memory that is kept from one filling to the next.
@safe struct TextTape: ~Copyable {
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    /// How many bytes are in it.
    private(set) var count = 0

    /// A cursor stores whole words and then counts a part of them, and what is copied may be read in whole words, too.
    private static let slack = 64

    /// Makes an empty tape.
    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        unsafe storage = .allocate(byteCount: capacity + Self.slack, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Forgets the bytes and keeps the memory, unless that is far more than a filling should take.
    mutating func removeAll(keeping limit: Int = .max) {
        count = 0
        if capacity > limit { grow(to: limit) }
    }

    /// Gives a place to write up to `size` more bytes at; ``end(at:)`` tells how many there were.
    mutating func cursor(reserving size: Int) -> TextCursor {
        if count + size > capacity { grow(to: max(count + size, capacity * 2)) }
        return unsafe TextCursor(place: storage + count)
    }

    /// Takes over what was written.
    mutating func end(at cursor: TextCursor) {
        count = unsafe cursor.place - storage
        assert(count <= capacity, "more was written than there was room for")
    }

    /// Where a byte stands, to copy from; the tape must hold it, and not grow meanwhile.
    @inline(__always)
    @unsafe func place(_ offset: Int) -> UnsafeRawPointer { unsafe UnsafeRawPointer(storage + offset) }

    /// The bytes.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let start = unsafe UnsafePointer(storage.assumingMemoryBound(to: UInt8.self))
            return unsafe _overrideLifetime(Span(_unsafeStart: start, count: count), borrowing: self)
        }
    }

    private mutating func grow(to size: Int) {
        let other = UnsafeMutableRawPointer.allocate(byteCount: size + Self.slack, alignment: 16)
        unsafe other.copyMemory(from: storage, byteCount: count)
        unsafe storage.deallocate()
        unsafe storage = unsafe other
        capacity = size
    }
}

/// The place on a ``TextTape`` where the next byte goes.
///
/// Nothing is checked here: whoever asked the tape for room must have asked for enough.
@safe struct TextCursor {
    fileprivate var place: UnsafeMutableRawPointer

    /// How many bytes were written since another cursor of the same tape.
    @inline(__always)
    func distance(from other: TextCursor) -> Int { unsafe place - other.place }

    /// Writes one character.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        unsafe place.storeBytes(of: byte, as: UInt8.self)
        unsafe place += 1
    }

    /// Writes the first bytes of a word, the lowest first.
    @inline(__always)
    mutating func append(_ word: UInt64, count: Int) {
        unsafe place.storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe place += count
    }

    /// Writes a text of up to eight bytes.
    @inline(__always)
    mutating func append(_ text: ShortText) { append(text.word, count: text.count) }

    /// Writes bytes.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        let count = bytes.count
        if count < 8 { return unsafe append(ShortText(bytes).word, count: count) }
        if count <= 16 {
            unsafe place.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
            let last = unsafe (source + count - 8).loadUnaligned(as: UInt64.self)
            unsafe (place + count - 8).storeBytes(of: last, as: UInt64.self)
        } else if count <= 32 {
            unsafe place.storeBytes(of: source.loadUnaligned(as: Block.self), as: Block.self)
            let last = unsafe (source + count - 16).loadUnaligned(as: Block.self)
            unsafe (place + count - 16).storeBytes(of: last, as: Block.self)
        } else {
            unsafe place.copyMemory(from: source, byteCount: count)
        }
        unsafe place += count
    }

    /// Writes bytes of a tape, which lets itself be read in whole blocks.
    @inline(__always)
    mutating func append(_ tape: borrowing TextTape, _ range: Range<Int>) {
        let source = unsafe tape.place(range.lowerBound)
        if range.count <= 32 {
            unsafe place.storeBytes(of: source.loadUnaligned(as: Block.self), as: Block.self)
            unsafe (place + 16).storeBytes(of: (source + 16).loadUnaligned(as: Block.self), as: Block.self)
        } else {
            unsafe place.copyMemory(from: source, byteCount: range.count)
        }
        unsafe place += range.count
    }

    private typealias Block = SIMD16<UInt8>
}

/// A text of up to eight bytes in a register, the first one lowest; the bytes after it are zero.
struct ShortText: Hashable, Sendable {
    let word: UInt64
    let count: Int

    /// Takes the first bytes of a word.
    init(word: UInt64, count: Int) {
        self.word = word
        self.count = count
    }

    /// Takes up to eight bytes.
    init(_ text: some Collection<UInt8>) {
        precondition(text.count <= 8, "a text of up to eight bytes")
        word = text.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        count = text.count
    }

    /// Reads up to seven bytes, and none beyond them.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count
        if count >= 4 {
            let high = UInt64(unsafe bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self).littleEndian)
            let low = UInt64(unsafe bytes.loadUnaligned(as: UInt32.self).littleEndian)
            word = low | high << UInt64(8 * (count - 4))
        } else if count >= 2 {
            let high = UInt64(unsafe bytes.loadUnaligned(fromByteOffset: count - 2, as: UInt16.self).littleEndian)
            let low = UInt64(unsafe bytes.loadUnaligned(as: UInt16.self).littleEndian)
            word = low | high << UInt64(8 * (count - 2))
        } else {
            word = count == 1 ? UInt64(unsafe bytes[0]) : 0
        }
    }
}
