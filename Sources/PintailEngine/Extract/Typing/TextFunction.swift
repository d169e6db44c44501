import DuckDB

extension ScalarFunction {
    /// A function of one text; NULL gives NULL.
    ///
    /// Inlined, so that what is told of each text is called without a closure where its type is known.
    @inline(__always)
    static func ofText<Value: BitwiseCopyable>(
        _ name: String,
        returns type: LogicalType,
        _ tell: @escaping @Sendable (Span<UInt8>) -> Value
    ) -> ScalarFunction {
        ScalarFunction(name, [.varchar], returns: type) { chunk, output in
            let column = chunk.column(0)
            let texts = column.strings
            for row in 0..<chunk.count {
                if column.isValid(row) {
                    output.store(tell(texts.bytes(row)), at: row)
                } else {
                    output.storeNull(at: row)
                }
            }
        }
    }
}
