import CDuckDB
import Dispatch
package func probe() -> String { unsafe String(cString: duckdb_library_version()) }
