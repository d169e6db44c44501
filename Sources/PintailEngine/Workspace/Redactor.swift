package import PintailProject

/// Takes secrets out of texts that others wrote: servers and libraries repeat passwords in their errors.
package struct Redactor: Sendable {
    private let secrets: [String]

    /// Knows the secrets of a project's connections.
    package init(_ project: Project) {
        let all = project.connections.values.flatMap { connection -> [Secret?] in
            switch connection {
            case .postgres(let settings):
                [settings.password, settings.url, PostgresAddress(settings).password.map { Secret($0) }]
            case .s3(let settings): [settings.keyID, settings.secret]
            }
        }
        // Longest first, so that an address goes before the password inside it.
        secrets = all.compactMap { $0?.reveal }.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with `***` where a secret stood.
    package func redact(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.contains(secret)
                ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***") : text
        }
    }
}
