/// A named outside system in a file: one key, which says of what kind it is.
enum ConnectionSpec {
    static let postgres = Field(
        "postgres",
        PostgresSpec.component.shape,
        "A Postgres server.",
        example: "{host: localhost, database: news}"
    )
    static let s3 = Field(
        "s3",
        S3Spec.component.shape,
        "An object store that speaks S3.",
        example: "{region: eu-west-1}"
    )

    static let component = Component<ConnectionSettings>(
        "a connection",
        "A named outside system. One key says of what kind it is.",
        fields: [postgres, s3],
        example: """
            connections:
              warehouse: {postgres: {host: "${DB_HOST}", database: "${DB_NAME}"}}
            """
    ) { reader in
        let settings = [
            reader[postgres].map { ConnectionSettings.postgres($0) },
            reader[s3].map { ConnectionSettings.s3($0) },
        ].compactMap { $0 }
        if reader.has(postgres), reader.has(s3) {
            reader.report("a connection is of one kind", atKeyOf: s3, hint: "give each a name of its own")
        } else if !reader.has(postgres), !reader.has(s3) {
            reader.reading.report(
                "a connection needs a kind: postgres or s3",
                at: reader.place,
                hint: "as in warehouse: {postgres: {host: localhost}}"
            )
        }
        return settings.first
    }

    /// Words that DuckDB or Pintail give a meaning to in front of a dot.
    private static let reserved: Set<String> = ["main", "memory", "quarantine", "system", "temp"]

    /// The `connections:` of a project, names checked.
    static let all = Shape<[String: ConnectionSettings]>(
        wanted: "a mapping",
        schema: component.shape.entries().schema,
        parts: [component]
    ) { node, reading in
        for entry in node.entries ?? [] { checkName(entry, reading) }
        guard var connections = component.shape.mapping().read(node, reading) else { return nil }
        checkBuckets(connections, node.entries ?? [], reading)
        // A connection with a mistake in it is declared all the same: steps that name it are not wrong too.
        for entry in node.entries ?? [] where connections[entry.key] == nil {
            connections[entry.key] = entry.value[s3.name] == nil ? .postgres(PostgresSettings()) : .s3(S3Settings())
        }
        return connections
    }

    /// An `s3://` address names a bucket and no connection: the bucket must tell which store is meant.
    private static func checkBuckets(
        _ connections: [String: ConnectionSettings],
        _ entries: [ConfigEntry],
        _ reading: Reading
    ) {
        var owners: [String: String] = [:]
        for entry in entries {
            guard case .s3(let store) = connections[entry.key] else { continue }
            // Without buckets a store answers for every other one, and only one store can.
            for bucket in store.buckets.isEmpty ? [""] : store.buckets {
                if let owner = owners.updateValue(entry.key, forKey: bucket) {
                    reading.report(
                        bucket.isEmpty
                            ? "'\(owner)' and '\(entry.key)' would both answer for every bucket"
                            : "bucket '\(bucket)' is of '\(owner)' already",
                        at: entry.keyLocation,
                        hint: "say which are whose, as in `buckets: [archive]`"
                    )
                }
            }
        }
    }

    private static func checkName(_ entry: ConfigEntry, _ reading: Reading) {
        if TableReference.isIdentifier(entry.key), !reserved.contains(entry.key.lowercased()) { return }
        reading.report(
            "'\(entry.key)' cannot be a connection's name",
            at: entry.keyLocation,
            hint: reserved.contains(entry.key.lowercased())
                ? "this word has a meaning of its own in front of a table's name"
                : "take letters, digits and underscores, as in warehouse"
        )
    }
}

enum PostgresSpec {
    static let host = Field("host", .anyText, "The server's name, address or socket folder.", example: "localhost")
    static let port = Field("port", .integer(1...65535), "The server's port; libpq's default is 5432.", example: "5432")
    static let database = Field("database", .anyText, "The database's name.", example: "news")
    static let user = Field("user", .anyText, "Who signs in.", example: "etl")
    static let password = Field(
        "password",
        .secret,
        isSecret: true,
        "Best as `${DB_PASSWORD}`; `.pgpass` is used when it is left out.",
        example: "\"${DB_PASSWORD}\""
    )
    static let url = Field(
        "url",
        .secret,
        isSecret: true,
        "A `postgres://` address in place of the parts; parts given beside it win.",
        example: "\"${DATABASE_URL}\""
    )
    static let parameters = Field(
        "parameters",
        Shape.parameter.mapping(),
        default: [:],
        shown: "none",
        "Any other libpq parameter, as `sslmode`, `sslrootcert` or `connect_timeout`.",
        example: "{sslmode: require}"
    )

    static let settings = Field(
        "settings",
        Shape.parameter.mapping(),
        default: [:],
        shown: "none",
        "Settings of the server for these connections alone, as `lock_timeout` or `statement_timeout`.",
        example: "{lock_timeout: 5s}"
    )

    static let component = Component<PostgresSettings>(
        "a Postgres connection",
        "How to reach a Postgres server. What is left out is filled in as libpq does: environment, service file, `.pgpass`.",
        fields: [host, port, database, user, password, url, parameters, settings],
        example: """
            connections:
              warehouse:
                postgres:
                  host: "${DB_HOST}"
                  port: 5432
                  database: "${DB_NAME}"
                  user: "${DB_USER}"
                  password: "${DB_PASSWORD}"
                  parameters: {sslmode: require}
            """,
        unknownKeyHint: "libpq's other parameters go under 'parameters:'"
    ) { reader in
        for entry in reader.node(of: parameters)?.entries ?? [] where SecretMask.isSecretName(entry.key) {
            reader.reading.report(
                "'\(entry.key)' is a secret, and 'parameters' are shown",
                at: entry.keyLocation,
                hint: "give it as 'password', or in a service file"
            )
        }
        let isName = /[A-Za-z_][A-Za-z0-9_.]*/
        for entry in reader.node(of: settings)?.entries ?? [] where entry.key.wholeMatch(of: isName) == nil {
            reader.reading.report(
                "'\(entry.key)' cannot be the name of a server's setting",
                at: entry.keyLocation,
                hint: "SHOW ALL lists them"
            )
        }
        return PostgresSettings(
            host: reader[host],
            port: reader[port],
            database: reader[database],
            user: reader[user],
            password: reader[password],
            url: reader[url],
            parameters: reader[parameters],
            settings: reader[settings]
        )
    }
}

enum S3Spec {
    static let endpoint = Field(
        "endpoint",
        .anyText,
        "The store's host and port; Amazon's when left out.",
        example: "\"${S3_ENDPOINT}\""
    )
    static let region = Field("region", .anyText, "The store's region.", example: "eu-west-1")
    static let keyID = Field("key_id", .secret, isSecret: true, "The access key's id.", example: "\"${S3_KEY}\"")
    static let secret = Field(
        "secret",
        .secret,
        isSecret: true,
        "The access key's secret.",
        example: "\"${S3_SECRET}\""
    )
    static let useSSL = Field(
        "use_ssl",
        .boolean,
        default: true,
        shown: "true",
        "Whether to speak https.",
        example: "false"
    )
    static let urlStyle = Field(
        "url_style",
        .words(["path": "path", "vhost": "vhost"], ["path", "vhost"]),
        "Whether the bucket stands in the path or in the host's name.",
        example: "path"
    )
    static let buckets = Field(
        "buckets",
        Shape.text("a bucket's name").oneOrMany(),
        default: [],
        shown: "all that no other store names",
        "The buckets it is for, where a project has several stores.",
        example: "[lake, archive]"
    )

    static let component = Component<S3Settings>(
        "an S3 connection",
        "How to reach an object store that speaks S3. Without keys it is read anonymously.",
        fields: [endpoint, region, keyID, secret, useSSL, urlStyle, buckets],
        example: """
            connections:
              lake: {s3: {endpoint: "${S3_ENDPOINT}", region: eu-west-1, key_id: "${S3_KEY}", secret: "${S3_SECRET}"}}
            """
    ) { reader in
        S3Settings(
            endpoint: reader[endpoint],
            region: reader[region],
            keyID: reader[keyID],
            secret: reader[secret],
            useSSL: reader[useSSL],
            urlStyle: reader[urlStyle],
            buckets: reader[buckets]
        )
    }
}
