import DuckDB
import PintailProject

/// The keys of a project's object stores.
enum ObjectStoreKeys {
    /// Makes every store of the project known to DuckDB, for as long as the database is open.
    static func give(_ project: Project, to connection: borrowing Connection) throws {
        try connection.load(.httpfs)
        for (name, settings) in project.connections.sorted(by: { $0.key < $1.key }) {
            guard case .s3(let store) = settings else { continue }
            do {
                try connection.execute(
                    "CREATE OR REPLACE TEMPORARY SECRET \(identifier: "pintail_" + name) (\(list: options(store)))"
                )
            } catch {
                // DuckDB's words would repeat the statement, keys and all.
                throw StepError(
                    "DuckDB does not take the keys of connection '\(name)'",
                    hint: "check connections.\(name)"
                )
            }
        }
    }

    private static func options(_ store: S3Settings) -> [SQL] {
        var options: [SQL] = ["TYPE s3", "USE_SSL \(literal: store.useSSL)"]
        if let key = store.keyID { options.append("KEY_ID \(literal: key.reveal)") }
        if let secret = store.secret { options.append("SECRET \(literal: secret.reveal)") }
        if let region = store.region { options.append("REGION \(literal: region)") }
        if let endpoint = store.endpoint {
            options.append("ENDPOINT \(literal: endpoint.split(separator: "://").last.map(String.init) ?? endpoint)")
        }
        // A store that is not Amazon's is seldom reached by a host name for each bucket.
        if let style = store.urlStyle ?? (store.endpoint == nil ? nil : "path") {
            options.append("URL_STYLE \(literal: style)")
        }
        return options
    }
}
