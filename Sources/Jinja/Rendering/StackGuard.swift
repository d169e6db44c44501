#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

#if canImport(Glibc)
    // glibc has both; its headers show them to GNU sources only, which Swift's module is not.
    // https://man7.org/linux/man-pages/man3/pthread_getattr_np.3.html
    @_silgen_name("pthread_getattr_np")
    private func pthread_getattr_np(_ thread: pthread_t, _ attributes: UnsafeMutablePointer<pthread_attr_t>) -> CInt
    // https://man7.org/linux/man-pages/man2/gettid.2.html
    @_silgen_name("gettid")
    private func gettid() -> pid_t
#endif

/// Knows where the stack of the running thread ends.
///
/// Frames differ in size by machine and build; counting bytes instead of calls holds on any stack.
struct StackGuard {
    /// Below this address little is left.
    private let limit: UInt

    /// What error handling and callables of the embedder need.
    private static let reserve: UInt = 96 * 1024

    init() { limit = Self.lowest + Self.reserve }

    /// Whether the next calls might not fit.
    var isNearlyFull: Bool {
        var here: UInt8 = 0
        return unsafe withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) } < limit
    }

    #if canImport(Glibc)
        /// The lowest address of this thread's stack.
        private static var lowest: UInt {
            // Asking for the main thread reads a file; its answer does not change.
            if let known = unsafe pthread_getspecific(ofThread) { return UInt(bitPattern: known) }
            let lowest = getpid() == gettid() ? ofMainThread : measured
            unsafe pthread_setspecific(ofThread, UnsafeRawPointer(bitPattern: lowest))
            return lowest
        }

        /// Where each thread keeps what it was told: every template asks, and the answer stays the same.
        private static let ofThread: pthread_key_t = {
            var key = pthread_key_t()
            let failure = unsafe pthread_key_create(&key, nil)
            precondition(failure == 0, "the process has more than a thousand keys of threads")
            return key
        }()

        private static let ofMainThread: UInt = {
            // The kernel grows the main stack down to its limit; what is unlimited is taken for 8 MB.
            guard getpid() == gettid() else { return 0 }
            return measured
        }()

        private static var measured: UInt {
            var attributes = pthread_attr_t()
            guard unsafe pthread_getattr_np(pthread_self(), &attributes) == 0 else { return 0 }
            defer { unsafe pthread_attr_destroy(&attributes) }
            var address: UnsafeMutableRawPointer?
            var size = 0
            guard unsafe pthread_attr_getstack(&attributes, &address, &size) == 0 else { return 0 }
            return UInt(bitPattern: address)
        }
    #else
        private static var lowest: UInt {
            let top = unsafe UInt(bitPattern: pthread_get_stackaddr_np(pthread_self()))
            return top - UInt(pthread_get_stacksize_np(pthread_self()))
        }
    #endif
}
