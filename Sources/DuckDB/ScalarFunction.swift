import CDuckDB

/// A function that SQL can call and Swift computes, a chunk of rows at a time.
///
/// DuckDB calls `body` from many threads at once. What stands in a NULL's place is arbitrary: look at the validity first.
public struct ScalarFunction: Sendable {
    /// Computes one result for each row of the arguments.
    public typealias Body = @Sendable (borrowing Chunk, borrowing FunctionOutput) throws(FunctionFailure) -> Void

    let name: String
    let parameters: [LogicalType]
    let result: LogicalType
    let body: Body

    /// Describes a function; its types must be plain ones, without parts.
    public init(_ name: String, _ parameters: [LogicalType], returns result: LogicalType, body: @escaping Body) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.body = body
    }
}

/// Why a function could not compute a value; becomes the statement's error.
public struct FunctionFailure: Error, Hashable, Sendable {
    let message: String

    /// States why.
    public init(_ message: String) { self.message = message }
}

/// Where a function's results go, row by row.
@safe public struct FunctionOutput: ~Copyable {
    /// How many rows there are.
    public let count: Int
    @usableFromInline let data: UnsafeMutableRawPointer?
    private let vector: duckdb_vector?

    init(_ vector: duckdb_vector?, count: Int) {
        self.count = count
        unsafe data = duckdb_vector_get_data(vector)
        unsafe self.vector = unsafe vector
    }

    /// Stores a row's value, as the type DuckDB keeps the function's result in.
    @inlinable
    public func store<Value: BitwiseCopyable>(_ value: Value, at row: Int) {
        precondition(row >= 0 && row < count, "row out of the output's range")
        unsafe data?.storeBytes(of: value, toByteOffset: row &* MemoryLayout<Value>.stride, as: Value.self)
    }

    /// Makes a row's result NULL.
    public func storeNull(at row: Int) {
        precondition(row >= 0 && row < count, "row out of the output's range")
        unsafe duckdb_vector_ensure_validity_writable(vector)
        unsafe duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), idx_t(row))
    }
}

extension Connection {
    /// Makes a function known to every connection of the database, until the database is closed.
    ///
    /// - Throws: when a function of that name and those parameters is known already.
    public borrowing func register(_ function: ScalarFunction) throws(DuckDBError) {
        var handle = unsafe duckdb_create_scalar_function()
        defer { unsafe duckdb_destroy_scalar_function(&handle) }
        unsafe duckdb_scalar_function_set_name(handle, function.name)
        for parameter in function.parameters {
            unsafe parameter.withPlainHandle { unsafe duckdb_scalar_function_add_parameter(handle, $0) }
        }
        unsafe function.result.withPlainHandle { unsafe duckdb_scalar_function_set_return_type(handle, $0) }
        let body = unsafe Unmanaged.passRetained(BoxedBody(function.body)).toOpaque()
        unsafe duckdb_scalar_function_set_extra_info(handle, body, releaseBody)
        unsafe duckdb_scalar_function_set_function(handle, callBody)
        guard unsafe duckdb_register_scalar_function(self.handle, handle) == DuckDBSuccess else {
            throw DuckDBError(.catalog, "DuckDB does not take the function '\(function.name)'")
        }
    }
}

/// A closure in a form that C can hold.
private final class BoxedBody: Sendable {
    let body: ScalarFunction.Body
    init(_ body: @escaping ScalarFunction.Body) { self.body = body }
}

// Free functions: C calls them on DuckDB's own threads.
private func releaseBody(_ body: UnsafeMutableRawPointer?) {
    guard let body = unsafe body else { return }
    unsafe Unmanaged<BoxedBody>.fromOpaque(body).release()
}

private func callBody(_ info: duckdb_function_info?, _ arguments: duckdb_data_chunk?, _ output: duckdb_vector?) {
    guard let arguments = unsafe arguments, let boxed = unsafe duckdb_scalar_function_get_extra_info(info) else {
        return
    }
    let function = unsafe Unmanaged<BoxedBody>.fromOpaque(boxed).takeUnretainedValue()
    do throws(FunctionFailure) {
        try unsafe Chunk.lend(arguments) { (chunk) throws(FunctionFailure) in
            try unsafe function.body(chunk, FunctionOutput(output, count: chunk.count))
        }
    } catch {
        unsafe duckdb_scalar_function_set_error(info, error.message)
    }
}

extension LogicalType {
    /// Lends DuckDB's handle of a type without parts.
    fileprivate func withPlainHandle(_ body: (duckdb_logical_type?) -> Void) {
        guard let id = plainID else { preconditionFailure("\(self) cannot be a function's type") }
        var handle = unsafe duckdb_create_logical_type(id)
        defer { unsafe duckdb_destroy_logical_type(&handle) }
        unsafe body(handle)
    }

    private var plainID: duckdb_type? {
        switch self {
        case .boolean: DUCKDB_TYPE_BOOLEAN
        case .integer: DUCKDB_TYPE_INTEGER
        case .bigint: DUCKDB_TYPE_BIGINT
        case .ubigint: DUCKDB_TYPE_UBIGINT
        case .hugeint: DUCKDB_TYPE_HUGEINT
        case .double: DUCKDB_TYPE_DOUBLE
        case .varchar: DUCKDB_TYPE_VARCHAR
        case .date: DUCKDB_TYPE_DATE
        case .time: DUCKDB_TYPE_TIME
        case .timestamp: DUCKDB_TYPE_TIMESTAMP
        case .timestampWithZone: DUCKDB_TYPE_TIMESTAMP_TZ
        default: nil
        }
    }
}
