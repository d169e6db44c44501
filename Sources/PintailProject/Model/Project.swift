/// A folder of pipelines with the database they fill: `pintail.yml`, read and validated.
public struct Project: Hashable, Sendable {
    /// What runs and logs know it by.
    public var name: String
    /// The project's folder; relative paths of steps start here.
    public var directory: String
    /// The DuckDB file all tables live in, as an absolute path.
    public var database: String
    /// Named outside systems, by name.
    public var connections: [String: ConnectionSettings]
    /// What the process may use of the machine.
    public var resources: Resources
    /// In the order of their files' names.
    public var pipelines: [Pipeline]
    /// Where each field was written.
    public var locations: FieldLocations

    /// Describes a project; pipelines can be added later.
    public init(
        _ name: String,
        directory: String,
        database: String,
        connections: [String: ConnectionSettings] = [:],
        resources: Resources = Resources(),
        pipelines: [Pipeline] = [],
        locations: FieldLocations = FieldLocations()
    ) {
        self.name = name
        self.directory = directory
        self.database = database
        self.connections = connections
        self.resources = resources
        self.pipelines = pipelines
        self.locations = locations
    }

    /// Where run history, logs and spooled files are kept.
    package var stateDirectory: String { directory + "/.pintail" }
}

/// A named outside system.
public enum ConnectionSettings: Hashable, Sendable {
    case postgres(PostgresSettings)
    case s3(S3Settings)
}

/// How to reach a Postgres server: either parts, or one address, with libpq's own defaults for what is left out.
public struct PostgresSettings: Hashable, Sendable {
    /// The server's name, address or socket folder.
    public var host: String?
    /// The server's port.
    public var port: Int?
    /// The database's name.
    public var database: String?
    /// Who signs in.
    public var user: String?
    /// With what.
    public var password: Secret?
    /// A `postgres://` address or libpq's key/value form; parts given beside it win.
    public var url: Secret?
    /// Any other libpq parameter: `sslmode`, `sslrootcert`, `connect_timeout`, `options`.
    public var parameters: [String: String]
    /// Settings of the server for these connections alone: `lock_timeout`, `statement_timeout`.
    public var settings: [String: String]

    /// Says how to reach a server; libpq's defaults, service files and `.pgpass` fill what is left out.
    public init(
        host: String? = nil,
        port: Int? = nil,
        database: String? = nil,
        user: String? = nil,
        password: Secret? = nil,
        url: Secret? = nil,
        parameters: [String: String] = [:],
        settings: [String: String] = [:]
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.url = url
        self.parameters = parameters
        self.settings = settings
    }
}

/// How to reach an S3-compatible object store.
public struct S3Settings: Hashable, Sendable {
    /// Host and port; Amazon's when `nil`.
    public var endpoint: String?
    /// The store's region.
    public var region: String?
    /// The access key's id.
    public var keyID: Secret?
    /// The access key's secret.
    public var secret: Secret?
    /// Whether to speak https.
    public var useSSL: Bool
    /// `path` or `vhost`.
    public var urlStyle: String?
    /// The buckets it is for; empty for all that no other store names.
    public var buckets: [String]

    /// Says how to reach a store; without keys it is read anonymously.
    public init(
        endpoint: String? = nil,
        region: String? = nil,
        keyID: Secret? = nil,
        secret: Secret? = nil,
        useSSL: Bool = true,
        urlStyle: String? = nil,
        buckets: [String] = []
    ) {
        self.endpoint = endpoint
        self.region = region
        self.keyID = keyID
        self.secret = secret
        self.useSSL = useSSL
        self.urlStyle = urlStyle
        self.buckets = buckets
    }
}

/// What the process may use of the machine.
public struct Resources: Hashable, Sendable {
    /// A budget for the whole process in bytes; measured from what is free when `nil`.
    public var memory: Int64?
    /// The share of free memory left to others when the budget is measured: 0 to below 1.
    public var memoryMargin: Double
    /// Rows read to estimate a source's size.
    public var sampleRows: Int
    /// DuckDB's threads; one per core when `nil`.
    public var threads: Int?

    /// 30 % of free memory is left alone and 1,000 rows are sampled unless told otherwise.
    public init(memory: Int64? = nil, memoryMargin: Double = 0.3, sampleRows: Int = 1000, threads: Int? = nil) {
        self.memory = memory
        self.memoryMargin = memoryMargin
        self.sampleRows = sampleRows
        self.threads = threads
    }
}
