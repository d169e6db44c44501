import CDuckDB

/// Up to 2,048 rows, stored column by column.
// Nothing else refers to the handle, and DuckDB's chunks are plain memory: it may be handed to another thread.
@safe public struct Chunk: ~Copyable, @unchecked Sendable {
    /// How many rows there are.
    public let count: Int
    private let handle: duckdb_data_chunk?

    init(taking handle: duckdb_data_chunk) {
        count = unsafe Int(duckdb_data_chunk_get_size(handle))
        unsafe self.handle = unsafe handle
    }

    deinit {
        var handle = unsafe handle
        unsafe duckdb_destroy_data_chunk(&handle)
    }

    /// Lends a chunk that stays DuckDB's.
    static func lend<Result, Failure: Error>(
        _ handle: duckdb_data_chunk,
        _ body: (borrowing Chunk) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let chunk = unsafe Chunk(taking: handle)
        do throws(Failure) {
            let result = try body(chunk)
            chunk.giveUp()
            return result
        } catch {
            chunk.giveUp()
            throw error
        }
    }

    /// Ends the chunk without freeing what belongs to somebody else.
    private consuming func giveUp() { discard self }

    /// A view of one column, valid as long as the chunk.
    @_lifetime(borrow self)
    public borrowing func column(_ index: Int) -> ColumnView {
        unsafe ColumnView(duckdb_data_chunk_get_vector(handle, idx_t(index)), count: count, owner: self)
    }
}
