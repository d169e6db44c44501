import Foundation
import TestSupport
import Testing

/// dbt projects that read objects of a store and write others, with the keys of the profile's secrets.
@Suite struct `dbt projects and object stores` {
    private func project(
        on store: S3Server,
        bucket: String,
        extensions: String = "",
        secret: String? = nil
    ) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name: lake\nversion: '1.0'\nprofile: lake\n", to: "dbt_project.yml")
        try folder.write(
            """
            lake:
              target: dev
              outputs:
                dev:
                  type: duckdb
                  path: lake.duckdb
                  external_root: s3://\(bucket)/out
                  \(extensions)
                  secrets:
                    - type: s3
                      endpoint: 127.0.0.1:\(store.port)
                      key_id: \(store.keyID)
                      secret: "{{ env_var('LAKE_SECRET') }}"
                      url_style: path
                      use_ssl: false
                      region: us-east-1
            """,
            to: "profiles.yml"
        )
        try folder.write(
            """
            sources:
              - name: lake
                meta: {external_location: "s3://\(bucket)/in/{name}.csv"}
                tables: [{name: sales}]
            models:
              - name: totals
                columns: [{name: id, data_tests: [not_null, unique]}]
            """,
            to: "models/lake.yml"
        )
        try folder.write("select * from {{ source('lake', 'sales') }}", to: "models/sales.sql")
        try folder.write(
            "{{ config(materialized='external') }} select id, sum(v) as v from {{ ref('sales') }} group by id order by id",
            to: "models/totals.sql"
        )
        return folder
    }

    private func build(_ folder: TemporaryDirectory, secret: String) async throws -> RunResult {
        try await run(
            PintailBinary.path,
            ["build"],
            environment: ["LAKE_SECRET": secret],
            currentDirectory: folder.path
        )
    }

    @Test(arguments: ["", "extensions: [httpfs]"])
    func `an external source is read and an external model written`(extensions: String) async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        try await store.put("id,v\n1,2\n1,3\n2,4\n", at: "\(bucket)/in/sales.csv")
        let folder = try project(on: store, bucket: bucket, extensions: extensions)
        for rows in ["id,v\n1,2\n1,3\n2,4\n", "id,v\n7,1\n"] {
            try await store.put(rows, at: "\(bucket)/in/sales.csv")
            let built = try await build(folder, secret: store.secret)
            try #require(built.exitCode == 0, "\(built.standardError)")
            #expect(try await store.objects(in: "\(bucket)/out") == ["\(bucket)/out/totals.parquet"])
            let shown = try await run(
                PintailBinary.path,
                ["show", "--inline", "select * from {{ ref('totals') }}", "--output", "json"],
                environment: ["LAKE_SECRET": store.secret],
                currentDirectory: folder.path
            )
            #expect(shown.standardOutput.contains(rows.contains("7") ? "7" : "5"), "\(shown)")
        }
    }

    @Test func `a wrong secret fails the model that needs it, and is not shown`() async throws {
        let store = try await S3Server.shared()
        let bucket = try await store.createBucket()
        try await store.put("id,v\n1,2\n", at: "\(bucket)/in/sales.csv")
        let folder = try project(on: store, bucket: bucket)
        let built = try await build(folder, secret: "not+the/key")
        #expect(built.exitCode == 1)
        #expect(built.standardError.contains("sales"), "\(built.standardError)")
        #expect(!built.standardError.contains("not+the/key"), "\(built.standardError)")
    }
}
