import CLateLibraries
import Dispatch

extension Database {
    /// Lets what is allocated share a few heaps: for who does many small things, and nothing that takes much memory.
    ///
    /// To be called before other threads are at work; each that is keeps a heap of its own.
    package static func keepHeapsFew() { pintail_keep_heaps_few() }

    /// Begins to load DuckDB on a thread of its own, for who needs it soon and has something else to do until then.
    ///
    /// What is allocated shares a few heaps from here on. To be called once.
    package static func beginLoading() {
        keepHeapsFew()
        DispatchQueue.global().async { pintail_load_duckdb() }
    }
}
