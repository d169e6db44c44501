import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A real object store that speaks S3, SeaweedFS, on free loopback ports; it goes with its owner.
///
/// Tests put and look at objects through the store's other door, which asks for no keys.
package final class S3Server: Sendable {
    /// The port of the S3 service on 127.0.0.1.
    package let port: Int
    /// The id of the one key that the store knows.
    package let keyID = "PINTAILTESTS"
    /// The key's secret.
    package let secret = "sesame/open+of=tests"

    private let files: Int
    private let folder: TemporaryDirectory
    private let server: ChildProcess
    private let buckets = Atomic(0)

    // The one task that nobody waits for: it is the first test's that asks, and every other's as well.
    private static let sharedServer = Task { try await S3Server() }

    /// The store that all tests of a process share, started when the first one asks for it.
    package static func shared() async throws -> S3Server {
        try await sharedServer.value
    }

    /// Starts a store of its own, for a test that kills it.
    package init() async throws {
        folder = try TemporaryDirectory()
        let ports = try Self.freePorts(8)
        (port, files) = (ports[0], ports[1])
        try folder.write(
            """
            {"identities": [{"name": "tests", "credentials": [{"accessKey": "\(keyID)", "secretKey": "\(secret)"}],
             "actions": ["Admin", "Read", "Write", "List"]}]}
            """,
            to: "keys.json"
        )
        try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
        server = try ChildProcess(
            Checkout.program("seaweedfs/weed"),
            Self.arguments(ports, folder.path),
            // One volume for each bucket: by default there are seven, made when its first object comes.
            environment: ["WEED_MASTER_VOLUME_GROWTH_COPY_1": "1", "HOME": folder.path],
            currentDirectory: folder.path
        )
        try await eventually("the object store answers") {
            if let end = server.end { throw FixtureError("the object store ended, \(end): \(server.standardError)") }
            return await isReady
        }
    }

    private static func arguments(_ ports: [Int], _ folder: String) -> [String] {
        let names = [
            "s3.port", "filer.port", "filer.port.grpc", "master.port", "master.port.grpc", "volume.port",
            "volume.port.grpc", "s3.port.grpc",
        ]
        let listening = zip(names, ports).map { "-\($0)=\($1)" }
        return ["-logtostderr=true", "server", "-dir=\(folder)/data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
            + ["-filer", "-s3", "-s3.config=\(folder)/keys.json", "-s3.port.iceberg=0", "-s3.port.lance=0"]
            + ["-master.volumeSizeLimitMB=256", "-volume.max=1000", "-volume.minFreeSpace=0"] + listening
    }

    private static func freePorts(_ count: Int) throws -> [Int] {
        var ports: [Int] = []
        while ports.count < count {
            let port = try freeLoopbackPort()
            if !ports.contains(port) { ports.append(port) }
        }
        return ports
    }

    private var isReady: Bool {
        get async {
            // Both doors, and an object can be put: its volume is there.
            guard await status(of: "http://127.0.0.1:\(port)/") != nil else { return false }
            do {
                try await put("ready", at: "ready/ready")
                return true
            } catch {
                return false
            }
        }
    }

    /// Kills the store at once, as a machine dies.
    package func kill() {
        server.send(9, toAll: true)
    }

    /// Makes an empty bucket with a name of its own and returns the name.
    package func createBucket() async throws -> String {
        let name = "bucket-\(buckets.add(1, ordering: .relaxed).newValue)"
        _ = try await request("POST", "/buckets/\(name)/")
        return name
    }

    /// Puts an object, named as `bucket/folder/name`.
    package func put(_ text: String, at key: String) async throws {
        try await put(Array(text.utf8), at: key)
    }

    /// Puts an object, named as `bucket/folder/name`.
    package func put(_ bytes: [UInt8], at key: String) async throws {
        _ = try await request("PUT", "/buckets/\(key)", body: Data(bytes))
    }

    /// Removes an object.
    package func remove(_ key: String) async throws {
        _ = try await request("DELETE", "/buckets/\(key)")
    }

    /// An object's bytes.
    package func object(_ key: String) async throws -> [UInt8] {
        Array(try await request("GET", "/buckets/\(key)"))
    }

    /// The names of all objects in a bucket or below a folder of it, sorted.
    package func objects(in folder: String) async throws -> [String] {
        let answer = try await request("GET", "/buckets/\(folder)/?limit=10000")
        guard let listing = try? JSONDecoder().decode(Listing.self, from: answer) else { return [] }
        var found: [String] = []
        for entry in listing.Entries ?? [] where !entry.name.hasPrefix(".") {
            let key = "\(folder)/\(entry.name)"
            if entry.isFolder { found += try await objects(in: key) } else { found.append(key) }
        }
        return found.sorted()
    }

    private struct Listing: Decodable {
        struct Entry: Decodable {
            let FullPath: String
            let Mode: UInt32
            var name: String { FullPath.split(separator: "/").last.map { String($0) } ?? "" }
            /// Go's bit for folders.
            var isFolder: Bool { Mode & 1 << 31 != 0 }
        }
        let Entries: [Entry]?
    }

    private func request(_ method: String, _ path: String, body: Data? = nil) async throws -> Data {
        guard let url = URL(string: "http://127.0.0.1:\(files)\(path)") else { throw FixtureError("no URL: \(path)") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        let (answer, response) = try await URLSession.shared.data(for: request)
        guard let status = (response as? HTTPURLResponse)?.statusCode, status < 300 else {
            throw FixtureError("\(method) \(path): \(String(decoding: answer, as: UTF8.self))")
        }
        return answer
    }

    private func status(of address: String) async -> Int? {
        guard let url = URL(string: address), let (_, response) = try? await URLSession.shared.data(from: url) else {
            return nil
        }
        return (response as? HTTPURLResponse)?.statusCode
    }
}
