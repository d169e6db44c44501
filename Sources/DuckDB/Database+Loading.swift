import CLateLibraries
import Dispatch

extension Database {
    /// Begins to load DuckDB on a thread of its own, for who needs it soon and has something else to do until then.
    ///
    /// What is allocated shares a few heaps from here on. To be called once, before other threads are at work.
    package static func beginLoading() {
        pintail_keep_heaps_few()
        DispatchQueue.global().async { pintail_load_duckdb() }
    }
}
