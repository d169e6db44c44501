#if canImport(Glibc)
    import Glibc
#endif

/// How the C library gives memory back, where little may be held.
enum AllocatorTuning {
    /// Has every thread share one heap, and the heap's end returned as soon as it is free.
    ///
    /// Left alone, glibc keeps a heap for each of DuckDB's and our threads: 4 to 5 MB more on a read of four million rows.
    /// https://man7.org/linux/man-pages/man3/mallopt.3.html
    static func holdLittle() {
        #if canImport(Glibc)
            mallopt(M_ARENA_MAX, 1)
            mallopt(M_TRIM_THRESHOLD, 65_536)
        #endif
    }
}
