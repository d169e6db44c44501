import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Commands of dbt projects say so themselves, but by then there are threads.
if unsafe access("dbt_project.yml", F_OK) == 0 { Database.keepHeapsFew() }
// Nothing but the call: a closure given to C from this file would trap on another thread.
// Not `exit`: nothing is buffered that it would write, and the libraries' own clean-up takes time that nobody gains by.
let code = await runProgram(CommandLine.arguments)
Database.waitUntilAllAreClosed()
_exit(code)
