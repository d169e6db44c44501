#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The ways in which a name can pass from one file or folder to another, each in one step for every reader.
enum RenameInOneStep {
    /// What happens to what bears the new name already.
    enum Rule: Sendable {
        case replacing, exchanging, refusing
    }

    /// Renames within one disk.
    ///
    /// - Throws: ``FileProblem`` about `shown`; with `EEXIST` when the name is taken and must not be.
    static func move(_ old: String, to new: String, _ rule: Rule, shown: String) throws(FileProblem) {
        switch rule {
        case .replacing: try check(unsafe rename(old, new), shown)
        case .exchanging:
            // A disk that cannot exchange: readers find nothing for the instant between the two.
            guard !(try kernel(old, new, Kernel.exchange, shown)) else { return }
            let aside = old + "-old"
            try check(unsafe rename(new, aside), shown)
            try check(unsafe rename(old, new), shown)
            try check(unsafe rename(aside, old), shown)
        case .refusing:
            guard !(try kernel(old, new, Kernel.refuse, shown)) else { return }
            // A link cannot take a name that exists either; the old name goes with the draft. Folders have no links.
            if unsafe link(old, new) == 0 { return }
            guard errno == EPERM, unsafe access(new, F_OK) != 0 else { throw FileProblem(shown) }
            try check(unsafe rename(old, new), shown)
        }
    }

    private static func check(_ result: Int32, _ shown: String) throws(FileProblem) {
        guard result == 0 else { throw FileProblem(shown) }
    }

    /// Whether the kernel did it; false when this kernel or disk does not know how.
    private static func kernel(
        _ old: String,
        _ new: String,
        _ flag: UInt32,
        _ shown: String
    ) throws(FileProblem) -> Bool {
        guard let result = Kernel.rename(old, new, flag) else { return false }
        if result == 0 { return true }
        if errno == EINVAL || errno == ENOSYS || errno == ENOTSUP { return false }
        throw FileProblem(shown)
    }
}

/// The kernel's rename with a condition.
private enum Kernel {
    #if canImport(Darwin)
        static let refuse = UInt32(RENAME_EXCL)
        static let exchange = UInt32(RENAME_SWAP)

        static func rename(_ old: String, _ new: String, _ flag: UInt32) -> Int32? {
            unsafe renamex_np(old, new, flag)
        }
    #else
        // https://man7.org/linux/man-pages/man2/rename.2.html; the header shows them to GNU sources only.
        static let refuse: UInt32 = 1
        static let exchange: UInt32 = 2

        private typealias Renameat2 =
            @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

        static func rename(_ old: String, _ new: String, _ flag: UInt32) -> Int32? {
            guard let symbol = unsafe dlsym(nil, "renameat2") else { return nil }
            // The symbol has this signature in every C library that has it.
            let call = unsafe unsafeBitCast(symbol, to: Renameat2.self)
            return unsafe call(AT_FDCWD, old, AT_FDCWD, new, flag)
        }
    #endif
}
