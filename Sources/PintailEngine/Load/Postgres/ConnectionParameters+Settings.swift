import PintailProject
import Postgres

extension ConnectionParameters {
    /// Takes a connection as the user wrote it; parts given beside an address win over it.
    init(_ settings: PostgresSettings) {
        var parts = settings.parameters
        parts["host"] = settings.host ?? parts["host"]
        parts["port"] = settings.port.map { String($0) } ?? parts["port"]
        parts["dbname"] = settings.database ?? parts["dbname"]
        parts["user"] = settings.user ?? parts["user"]
        parts["password"] = settings.password?.reveal ?? parts["password"]
        if !settings.settings.isEmpty { parts["options"] = PostgresAddress(settings).options }
        self.init(url: settings.url?.reveal, settings: parts)
    }
}
