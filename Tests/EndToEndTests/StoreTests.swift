import Foundation
import TestSupport
import Testing

/// Sources that are not on this machine: object stores, web servers, and lazy views over them in later processes.
@Suite struct `Stores and web servers` {
    private static func settings(_ store: S3Server, port: Int? = nil, secret: String = "${S3_SECRET}") -> String {
        """
        connections:
          lake:
            s3: {endpoint: "127.0.0.1:\(port ?? store.port)", key_id: "\(store.keyID)", secret: "\(secret)", use_ssl: false}
        """
    }

    private func project(_ steps: String, on store: S3Server, secret: String? = nil) throws -> TestProject {
        let project = try TestProject(steps, settings: Self.settings(store))
        try project.write("S3_SECRET=\(secret ?? store.secret)\n", to: ".env")
        return project
    }

    @Test func `rows go from one object to another, and later processes read what is lazy`() async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        try await store.put("id,v\n1,a\n2,b\n", at: "\(bucket)/in/one.csv")
        let project = try project(
            """
            - extract: raw
              from: s3://\(bucket)/in/*.csv
            - load: parquet
              from: raw
              into: s3://\(bucket)/raw.parquet
            """,
            on: store
        )
        let made = try await project.pintail("run")
        try #require(made.exitCode == 0, "\(made.standardError)")
        try project.write(
            steps: """
                - extract: lazy
                  from: s3://\(bucket)/raw.parquet
                  strategy: lazy
                - transform: seen
                  sql: SELECT *, upper(v) AS u FROM lazy
                  materialized: view
                - load: text
                  from: seen
                  into: s3://\(bucket)/out.csv
                """
        )
        let ran = try await project.pintail("run")
        try #require(ran.exitCode == 0, "\(ran.standardError)")
        #expect(try await store.object("\(bucket)/out.csv") == Array("id,v,u\n1,a,A\n2,b,B\n".utf8))
        #expect(try await project.rows("SELECT u FROM seen ORDER BY 1") == ["A", "B"])
        #expect(try await project.rows("SELECT count(*) FROM 's3://\(bucket)/raw.parquet'") == ["2"])
        #expect(try await project.rows("SELECT count(*) FROM duckdb_views() WHERE NOT internal") == ["2"])
        let alone = try await project.pintail("run", "--select", "load:text")
        #expect(alone.exitCode == 0, "\(alone.standardError)")
    }

    @Test func `each of several stores is asked for its own buckets`() async throws {
        let store = try await S3Server.shared()
        let (ours, theirs) = (try await store.createBucket(), try await store.createBucket())
        try await store.put("id\n1\n", at: "\(theirs)/a.csv")
        let keys = "endpoint: \"127.0.0.1:\(store.port)\", key_id: \"\(store.keyID)\", use_ssl: false"
        let project = try TestProject(
            """
            - extract: t
              from: s3://\(theirs)/a.csv
            - load: t
              into: s3://\(ours)/b.csv
            """,
            settings: """
                connections:
                  archive: {s3: {\(keys), secret: wrong, buckets: "\(ours)"}}
                  lake: {s3: {\(keys), secret: "\(store.secret)"}}
                """
        )
        let refused = try await project.pintail("run")
        #expect(refused.exitCode == 1)
        #expect(try await project.rows("FROM t") == ["1"], "\(refused.standardError)")
        try project.write(
            """
            project: test
            connections:
              archive: {s3: {\(keys), secret: "\(store.secret)", buckets: "\(ours)"}}
              lake: {s3: {\(keys), secret: "\(store.secret)"}}
            """,
            to: "pintail.yml"
        )
        let made = try await project.pintail("run")
        #expect(made.exitCode == 0, "\(made.standardError)")
        #expect(try await store.object("\(ours)/b.csv") == Array("id\n1\n".utf8))
    }

    @Test func `a wrong secret is one error, told without it`() async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        try await store.put("id\n1\n", at: "\(bucket)/a.csv")
        let project = try project("- extract: t\n  from: s3://\(bucket)/a.csv", on: store, secret: "wrong/sesame+1")
        let ran = try await project.pintail("run")
        #expect(ran.exitCode == 1)
        #expect(ran.standardError.contains("the key's secret is wrong (403)"), "\(ran.standardError)")
        let asked = try await project.pintail("query", "FROM 's3://\(bucket)/a.csv'")
        #expect(asked.exitCode == 1)
        let logs = try await project.pintail("logs", try await project.latestRun())
        let files = try project.files().filter { $0 != ".env" }.map { try project.read($0) }.joined()
        for text in [ran.standardError, asked.standardError, logs.standardOutput, files] {
            #expect(!text.contains("wrong/sesame"), "\(text)")
        }
    }

    @Test func `a store that is killed fails the run, and the next run goes through`() async throws {
        let store = try await S3Server()
        let bucket = try await store.createBucket()
        let project = try project(
            """
            - transform: t
              sql: SELECT i AS id, hash(i)::VARCHAR AS h FROM range(3000000) t(i)
            - load: t
              into: s3://\(bucket)/t.csv
            """,
            on: store
        )
        let ready = try await project.pintail("run", "--select", "t")
        #expect(ready.exitCode == 0, "\(ready.standardError)")
        let proxy = try CuttingProxy(to: store.port)
        proxy.hold(after: 8 << 20, .toServer)
        try project.write("project: test\n\(Self.settings(store, port: proxy.port))\n", to: "pintail.yml")
        let running = try project.start("run", "--select", "load:t")
        try await eventually("the load is sending") { proxy.isHolding || running.end != nil }
        store.kill()
        proxy.release()
        #expect(try await running.wait() == .exited(1))
        #expect(running.standardError.contains("cannot write s3://\(bucket)/t.csv"), "\(running.standardError)")
        let other = try await S3Server.shared()
        let room = try await other.createBucket()
        try project.write("project: test\n\(Self.settings(other))\n", to: "pintail.yml")
        try project.write(steps: "- load: t\n  into: s3://\(room)/t.csv")
        let again = try await project.pintail("run")
        #expect(again.exitCode == 0, "\(again.standardError)")
        #expect(try await other.objects(in: room) == ["\(room)/t.csv"])
    }

    @Test func `an interrupted load leaves the object that was there`() async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        try await store.put("old\n", at: "\(bucket)/t.csv")
        let project = try project(
            """
            - transform: t
              sql: SELECT i AS id, hash(i)::VARCHAR AS h FROM range(6000000) t(i)
            - load: t
              into: s3://\(bucket)/t.csv
            """,
            on: store
        )
        let proxy = try CuttingProxy(to: store.port)
        try project.write("project: test\n\(Self.settings(store, port: proxy.port))\n", to: "pintail.yml")
        proxy.hold(after: 8 << 20, .toServer)
        let running = try project.start("run")
        try await eventually("the load is sending") { proxy.isHolding || running.end != nil }
        running.send(2)
        // Long enough for a signal; what is held is in the way of nothing else.
        try await Task.sleep(for: .seconds(1))
        proxy.release()
        #expect(try await running.wait() == .exited(130), "\(running.standardError)")
        #expect(try await store.object("\(bucket)/t.csv") == Array("old\n".utf8))
        #expect(try project.leftovers() == [])
    }

    @Test func `https is read when its certificate is trusted, and only then`() async throws {
        let files = try TemporaryDirectory()
        try files.write("id,v\n1,a\n", to: "a.csv")
        let server = try await HTTPSFileServer(folder: files.path)
        let project = try TestProject("- extract: t\n  from: \(server.url("a.csv"))")
        let trust = ["SSL_CERT_FILE": server.authority]
        let trusted = try await project.pintail("run", environment: trust)
        #expect(trusted.exitCode == 0, "\(trusted.standardError)")
        #expect(try await project.rows("FROM t") == ["1,a"])
        let asked = try await project.pintail("query", "-f", "csv", "FROM '\(server.url("a.csv"))'", environment: trust)
        #expect(asked.standardOutput == "id,v\n1,a\n", "\(asked.standardError)")
        let stranger = try await project.pintail("run")
        #expect(stranger.exitCode == 1)
        #expect(
            stranger.standardError.contains(
                "cannot fetch \(server.url("a.csv")): the certificate of 127.0.0.1:\(server.port) is not trusted"
            ),
            "\(stranger.standardError)"
        )
        #expect(stranger.standardError.contains("SSL_CERT_FILE"))
        #expect(try await project.rows("FROM t") == ["1,a"])
        let missing = try await project.pintail("run", environment: ["SSL_CERT_FILE": files.path + "/none.pem"])
        #expect(missing.standardError.contains("the file of trusted certificates cannot be read"))
    }

    @Test func `a lazy view over https is read by later processes`() async throws {
        let files = try TemporaryDirectory()
        let server = try await HTTPSFileServer(folder: files.path)
        let project = try TestProject("- extract: t\n  from: \(server.url("a.parquet"))\n  strategy: lazy")
        let trust = ["SSL_CERT_FILE": server.authority]
        let path = files.path + "/a.parquet"
        #expect(try await project.pintail("query", "-o", path, "SELECT 42 AS id").exitCode == 0)
        let ran = try await project.pintail("run", environment: trust)
        try #require(ran.exitCode == 0, "\(ran.standardError)")
        let asked = try await project.pintail("query", "-f", "csv", "FROM t", environment: trust)
        #expect(asked.standardOutput == "id\n42\n", "\(asked.standardError)")
    }

    @Test func `a lazy view over Postgres is read by later processes`() async throws {
        let project = try await PostgresProject(tables: "CREATE TABLE a AS SELECT 7 AS id")
        try project.pipeline("- extract: t\n  from: pg.public.a\n  strategy: lazy")
        try await project.mustPintail("run")
        _ = try await project.rows("INSERT INTO a VALUES (8)")
        let asked = try await project.pintail("query", "-f", "csv", "FROM t ORDER BY id")
        #expect(asked.standardOutput == "id\n7\n8\n", "\(asked.standardError)")
        try project.pipeline("- load: t\n  into: out.csv")
        try await project.mustPintail("run")
        #expect(try project.folder.read("out.csv") == "id\n7\n8\n")
    }

    @Test func `a lazy view over Postgres tells when its server is gone, and other tables are read`() async throws {
        let server = try await PostgresServer()
        let project = try await PostgresProject(on: server, tables: "CREATE TABLE a AS SELECT 7 AS id")
        try project.pipeline(
            "- extract: t\n  from: pg.public.a\n  strategy: lazy\n- transform: own\n  sql: SELECT 1 AS one"
        )
        try await project.mustPintail("run")
        try await server.stop()
        let asked = try await project.pintail("query", "FROM t")
        #expect(asked.exitCode == 1)
        #expect(asked.standardError.contains("cannot connect to 'pg'"), "\(asked.standardError)")
        let own = try await project.pintail("query", "-f", "csv", "FROM own")
        #expect(own.standardOutput == "one\n1\n", "\(own.standardError)")
    }
}
