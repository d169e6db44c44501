#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Nothing but the call: a closure given to C from this file would trap on another thread.
exit(await runProgram(CommandLine.arguments))
