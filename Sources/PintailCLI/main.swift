import DuckDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Nothing but the call: a closure given to C from this file would trap on another thread.
// Not `exit`: nothing is buffered that it would write, and the libraries' own clean-up takes time that nobody gains by.
let code = await runProgram(CommandLine.arguments)
Database.waitUntilAllAreClosed()
_exit(code)
