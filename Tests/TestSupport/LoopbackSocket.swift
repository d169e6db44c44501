#if canImport(Glibc)
    import Glibc
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    import Darwin
    private let streamSocket = SOCK_STREAM
#endif

/// A TCP port on 127.0.0.1 that nobody listened on a moment ago.
package func freeLoopbackPort() throws -> Int {
    try LoopbackSocket(listeningOn: 0).port
}

/// A TCP socket on 127.0.0.1, with the few calls that the tests' proxy needs.
struct LoopbackSocket: ~Copyable {
    let file: FileDescriptor

    /// Takes over a socket that the system has made.
    init(owning number: Int32) {
        file = FileDescriptor(owning: number)
    }

    /// Listens on a port; on any free one when it is 0.
    init(listeningOn port: Int) throws {
        let made = try Self.newSocket()
        let number = made.number
        var reuse: Int32 = 1
        unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe withLoopbackAddress(port, { unsafe bind(number, $0, $1) }) == 0, listen(number, 64) == 0 else {
            throw FixtureError("cannot listen on port \(port): \(lastSystemError())")
        }
        file = made
    }

    /// Connects to a port.
    init(connectingTo port: Int) throws {
        let made = try Self.newSocket()
        let number = made.number
        guard unsafe withLoopbackAddress(port, { unsafe connect(number, $0, $1) }) == 0 else {
            throw FixtureError("cannot connect to port \(port): \(lastSystemError())")
        }
        file = made
    }

    private static func newSocket() throws -> FileDescriptor {
        // A peer that has gone must be an error to see, not a signal that ends the tests.
        signal(SIGPIPE, SIG_IGN)
        let number = socket(AF_INET, streamSocket, 0)
        guard number >= 0 else { throw FixtureError("cannot make a socket: \(lastSystemError())") }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return FileDescriptor(owning: number)
    }

    /// The port of this end.
    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = file.number
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Waits for somebody to connect; nil once the socket is shut down.
    func accept() -> LoopbackSocket? {
        while true {
            let number = systemAccept(file.number)
            if number >= 0 {
                _ = fcntl(number, F_SETFD, FD_CLOEXEC)
                return LoopbackSocket(owning: number)
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// Waits for bytes, as many as there are up to `limit`; none at the end.
    func receive(upTo limit: Int) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: limit) { buffer, count in
            unsafe count = max(0, recv(file.number, buffer.baseAddress, limit, 0))
        }
    }

    /// Lets the other side see the end of what is sent.
    func finishSending() {
        shutdown(file.number, Int32(SHUT_WR))
    }

    /// Breaks the connection off in both directions; whoever waits for it wakes up.
    func breakOff() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(file.number, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        shutdown(file.number, Int32(SHUT_RDWR))
    }
}

private func systemAccept(_ listener: Int32) -> Int32 {
    #if canImport(Glibc)
        Glibc.accept(listener, nil, nil)
    #else
        unsafe Darwin.accept(listener, nil, nil)
    #endif
}

private func withLoopbackAddress(
    _ port: Int,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
