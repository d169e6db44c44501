import CDuckDB

/// The values of one column of a chunk, read in place.
///
/// DuckDB's layout: https://duckdb.org/docs/stable/clients/c/vector
@safe public struct ColumnView: ~Escapable {
    /// How many values there are, NULLs included.
    public let count: Int
    private let vector: duckdb_vector?
    private let data: UnsafeMutableRawPointer?
    private let validity: UnsafeMutablePointer<UInt64>?

    @_lifetime(borrow owner)
    init(_ vector: duckdb_vector?, count: Int, owner: borrowing Chunk) {
        self.count = count
        unsafe self.vector = unsafe vector
        unsafe data = duckdb_vector_get_data(vector)
        unsafe validity = duckdb_vector_get_validity(vector)
    }

    @_lifetime(copy parent)
    private init(_ vector: duckdb_vector?, count: Int, parent: borrowing ColumnView) {
        self.count = count
        unsafe self.vector = unsafe vector
        unsafe data = duckdb_vector_get_data(vector)
        unsafe validity = duckdb_vector_get_validity(vector)
    }

    /// Whether no value of the column can be NULL.
    public var hasNoNulls: Bool { unsafe validity == nil }

    /// Whether the value in a row is there, not NULL.
    public func isValid(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count, "row out of the column's range")
        guard let validity = unsafe validity else { return true }
        return unsafe validity[row / 64] & (1 << UInt64(row % 64)) != 0
    }

    /// The validity bits, 64 rows a word, lowest bit first; empty when no value is NULL.
    public var validityWords: Span<UInt64> {
        @_lifetime(copy self)
        get {
            guard let validity = unsafe validity else { return Span() }
            let words = unsafe Span(_unsafeStart: UnsafePointer(validity), count: (count + 63) / 64)
            return unsafe _overrideLifetime(words, copying: self)
        }
    }

    /// The values as the type DuckDB stores them in; what stands in a NULL's place is arbitrary.
    ///
    /// The caller picks the type by the column's ``LogicalType``: INTEGER is `Int32`, DECIMAL(18,2) is `Int64`.
    @_lifetime(copy self)
    public func values<Value: BitwiseCopyable>(as _: Value.Type) -> Span<Value> {
        guard let data = unsafe data else { return Span() }
        let values = unsafe Span(
            _unsafeStart: UnsafePointer(data.assumingMemoryBound(to: Value.self)),
            count: count
        )
        return unsafe _overrideLifetime(values, copying: self)
    }

    /// The texts or blobs of a VARCHAR, JSON, BLOB or BIT column.
    public var strings: StringsView {
        @_lifetime(copy self)
        get { unsafe StringsView(data, count: count, parent: self) }
    }

    /// Where each row's elements stand in ``elements``, for a LIST or MAP column.
    public var listEntries: Span<ListEntry> {
        @_lifetime(copy self)
        get { values(as: ListEntry.self) }
    }

    /// The elements of all rows' lists, one after another.
    public var elements: ColumnView {
        @_lifetime(copy self)
        get {
            unsafe ColumnView(
                duckdb_list_vector_get_child(vector),
                count: Int(duckdb_list_vector_get_size(vector)),
                parent: self
            )
        }
    }

    /// The elements of all rows' arrays of a fixed length, one after another.
    @_lifetime(copy self)
    public func arrayElements(perRow length: Int) -> ColumnView {
        unsafe ColumnView(duckdb_array_vector_get_child(vector), count: count * length, parent: self)
    }

    /// One part of a STRUCT column.
    @_lifetime(copy self)
    public func field(_ index: Int) -> ColumnView {
        unsafe ColumnView(duckdb_struct_vector_get_child(vector, idx_t(index)), count: count, parent: self)
    }
}

/// Where one row's list begins among the elements, and how long it is.
@frozen public struct ListEntry: BitwiseCopyable, Sendable {
    public var offset: UInt64
    /// How many elements the row has.
    public var length: UInt64
}

/// An interval as DuckDB stores it.
@frozen public struct IntervalValue: BitwiseCopyable, Sendable {
    public var months: Int32
    /// Days, which may have 23 or 25 hours.
    public var days: Int32
    /// The rest, which is of one length always.
    public var microseconds: Int64
}

/// Texts or blobs, read in place.
@safe public struct StringsView: ~Escapable {
    @usableFromInline let data: UnsafePointer<StringHeader>?
    public let count: Int

    @unsafe @_lifetime(copy parent)
    init(_ data: UnsafeMutableRawPointer?, count: Int, parent: borrowing ColumnView) {
        unsafe self.data = unsafe data.map { unsafe UnsafePointer($0.assumingMemoryBound(to: StringHeader.self)) }
        self.count = count
    }

    /// The length of a text in bytes; meaningless for a NULL.
    @inlinable
    public func length(_ row: Int) -> Int {
        precondition(row >= 0 && row < count, "row out of the column's range")
        guard let data = unsafe data else { return 0 }
        return unsafe Int(data[row].length)
    }

    /// Lends the bytes of a text for the time of a call.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ row: Int,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(buffer(row))
    }

    /// The bytes of a text, read in place.
    @inlinable @_lifetime(copy self)
    public func bytes(_ row: Int) -> Span<UInt8> {
        unsafe _overrideLifetime(Span(_unsafeBytes: buffer(row)), copying: self)
    }

    @inlinable
    func buffer(_ row: Int) -> UnsafeRawBufferPointer {
        precondition(row >= 0 && row < count, "row out of the column's range")
        guard let data = unsafe data else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        let header = unsafe data + row
        let length = unsafe Int(header.pointee.length)
        // Texts of up to 12 bytes stand in the header itself, right after the length.
        let start = unsafe length <= 12 ? UnsafeRawPointer(header) + 4 : header.pointee.pointer
        return unsafe UnsafeRawBufferPointer(start: start, count: length)
    }

    /// A copy of a text.
    public func string(_ row: Int) -> String {
        unsafe withBytes(row) { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

/// The 16 bytes DuckDB keeps for a text: `duckdb_string_t`.
@unsafe @frozen @usableFromInline struct StringHeader {
    @usableFromInline var length: UInt32
    @usableFromInline var prefix: UInt32
    @usableFromInline var pointer: UnsafeRawPointer?
}
