import Foundation
import Synchronization

/// A network that fails on demand: forwards a loopback port to another and breaks the connections off.
package final class CuttingProxy: Sendable {
    /// Which way bytes flow.
    package enum Direction: Sendable {
        /// From the program under test.
        case toServer
        /// From the server.
        case toClient
    }

    /// The port that a program under test connects to.
    package let port: Int

    private let line: Line

    /// Starts to forward to a port on 127.0.0.1.
    package init(to server: Int) throws {
        let listener = try LoopbackSocket(listeningOn: 0)
        port = listener.port
        line = Line(listener: consume listener, server: server)
        Thread.detachNewThread { [line] in line.acceptUntilClosed() }
    }

    deinit {
        line.close()
    }

    /// Breaks every connection off once so many more bytes have passed in a direction, on all connections together.
    ///
    /// Exactly that many are passed on. It happens once: who connects again gets through, until the next call.
    package func cut(after bytes: Int, _ direction: Direction) {
        line.state.withLock { $0.cut = Cut(remaining: bytes, direction: direction) }
    }

    /// Breaks every connection off once so many more bytes have passed in a direction, and refuses new ones from then on.
    package func close(after bytes: Int, _ direction: Direction) {
        line.state.withLock { $0.cut = Cut(remaining: bytes, direction: direction, isForGood: true) }
    }

    /// Lets nothing more pass in a direction once so many more bytes have, until ``release()``; connections stay.
    package func hold(after bytes: Int, _ direction: Direction) {
        line.state.withLock { state in
            state.held = (direction, state.passed[direction, default: 0] + bytes)
        }
    }

    /// Lets pass again what was held.
    package func release() {
        line.state.withLock { $0.held = nil }
    }

    /// Whether as much has passed as ``hold(after:_:)`` lets.
    package var isHolding: Bool {
        line.state.withLock { state in state.held.map { state.isHeld($0.direction) } ?? false }
    }

    /// Breaks every connection off now; who connects again gets through.
    package func cut() {
        line.cutAll()
    }

    /// Breaks every connection off and refuses new ones: the server cannot be reached any more.
    package func close() {
        line.close()
    }

    /// How many bytes have been passed on in a direction.
    package func passed(_ direction: Direction) -> Int {
        line.state.withLock { $0.passed[direction, default: 0] }
    }

    /// How many times ``cut(after:_:)`` has struck.
    package var cuts: Int {
        line.state.withLock { $0.cuts }
    }
}

private struct Cut {
    var remaining: Int
    let direction: CuttingProxy.Direction
    var isForGood = false
}

/// What the proxy's threads share; the proxy itself may go while they wait.
private final class Line: Sendable {
    struct State {
        var connections: [Connection] = []
        var cut: Cut?
        var passed: [CuttingProxy.Direction: Int] = [:]
        var cuts = 0
        var isClosed = false
        var held: (direction: CuttingProxy.Direction, limit: Int)?

        func isHeld(_ direction: CuttingProxy.Direction) -> Bool {
            guard !isClosed, let held, held.direction == direction else { return false }
            return passed[direction, default: 0] >= held.limit
        }
    }

    let state = Mutex(State())
    private let listener: LoopbackSocket
    private let server: Int

    init(listener: consuming LoopbackSocket, server: Int) {
        self.listener = listener
        self.server = server
    }

    func acceptUntilClosed() {
        while let client = listener.accept(), !state.withLock({ $0.isClosed }) {
            // A server that cannot be reached looks to the client like one that hangs up.
            guard let far = try? LoopbackSocket(connectingTo: server) else { continue }
            let connection = Connection(client: client, server: far)
            state.withLock { $0.connections.append(connection) }
            Thread.detachNewThread { self.forward(connection, .toServer) }
            Thread.detachNewThread { self.forward(connection, .toClient) }
        }
    }

    private func forward(_ connection: Connection, _ direction: CuttingProxy.Direction) {
        while true {
            let bytes = connection.receive(direction)
            if bytes.isEmpty { return connection.finishSending(direction) }
            while state.withLock({ $0.isHeld(direction) }) { usleep(2_000) }
            let allowed = allowance(for: bytes.count, direction)
            guard connection.send(allowed == bytes.count ? bytes : Array(bytes.prefix(allowed)), direction) else {
                return connection.breakOff()
            }
            if allowed < bytes.count { return state.withLock({ $0.isClosed }) ? close() : cutAll() }
        }
    }

    /// How many of some bytes may pass; fewer than there are when the line is to be cut.
    private func allowance(for count: Int, _ direction: CuttingProxy.Direction) -> Int {
        state.withLock { state in
            var allowed = count
            if let cut = state.cut, cut.direction == direction {
                allowed = min(count, cut.remaining)
                if allowed < count {
                    state.cut = nil
                    state.cuts += 1
                    state.isClosed = state.isClosed || cut.isForGood
                } else {
                    state.cut?.remaining -= count
                }
            }
            state.passed[direction, default: 0] += allowed
            return allowed
        }
    }

    func cutAll() {
        let connections = state.withLock { state in
            defer { state.connections = [] }
            return state.connections
        }
        connections.forEach { $0.breakOff() }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        listener.breakOff()
        cutAll()
    }
}

/// One client's connection, and the one to the server that it stands for.
private final class Connection: Sendable {
    private let client: LoopbackSocket
    private let server: LoopbackSocket

    init(client: consuming LoopbackSocket, server: consuming LoopbackSocket) {
        self.client = client
        self.server = server
    }

    func receive(_ direction: CuttingProxy.Direction) -> [UInt8] {
        switch direction {
        case .toServer: client.receive(upTo: 65_536)
        case .toClient: server.receive(upTo: 65_536)
        }
    }

    func send(_ bytes: [UInt8], _ direction: CuttingProxy.Direction) -> Bool {
        switch direction {
        case .toServer: server.file.write(bytes)
        case .toClient: client.file.write(bytes)
        }
    }

    func finishSending(_ direction: CuttingProxy.Direction) {
        switch direction {
        case .toServer: server.finishSending()
        case .toClient: client.finishSending()
        }
    }

    func breakOff() {
        client.breakOff()
        server.breakOff()
    }
}
