import Foundation

/// Certificates for a server and its users, signed by an authority of their own.
package final class Certificates: Sendable {
    private let folder: TemporaryDirectory

    /// Makes two authorities, and what they sign: the server's certificate for `localhost`, one that is out of date, and
    /// those of users.
    package init(users: [String]) async throws {
        folder = try TemporaryDirectory()
        try folder.write(Self.configuration, to: "ca.conf")
        try await mustRun("sh", ["-ec", Self.commands, "sh"] + users, currentDirectory: folder.path)
    }

    /// The path of `authority.pem`, `stranger.pem`, or a user's `NAME.pem` or `NAME.key`.
    package func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Has a server speak TLS with `server` or `expired`, which takes a restart.
    package func use(_ name: String, for server: PostgresServer) async throws {
        for (from, to) in [("\(name).pem", "server.crt"), ("\(name).key", "server.key"), ("authority.pem", "root.crt")]
        {
            let file = "\(server.directory)/data/\(to)"
            try await mustRun("cp", [path(from), file])
            try await PostgresPrograms().giveToServer(file)
            try await mustRun("chmod", ["600", file])
        }
        try await server.psql("ALTER SYSTEM SET ssl = on")
        try await server.psql("ALTER SYSTEM SET ssl_ca_file = 'root.crt'")
        try await server.restart()
    }

    private static let commands = """
        key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; chmod 600 "$1.key"; }
        for name in authority stranger; do
            key $name
            openssl req -x509 -new -key $name.key -days 2 -subj "/CN=$name of the tests" -out $name.pem
        done
        sign() {
            key "$1"
            openssl req -new -key "$1.key" -subj "/CN=$2" -addext subjectAltName=DNS:"$2" -out "$1.csr"
            openssl ca -batch -notext -config ca.conf -in "$1.csr" -out "$1.pem" -startdate 20200101000000Z -enddate "$3"
        }
        : > index; echo 01 > serial
        sign server localhost 20491231235959Z
        sign expired localhost 20200102000000Z
        for user; do sign "$user" "$user" 20491231235959Z; done
        """

    private static let configuration = """
        [ca]
        default_ca = tests
        [tests]
        database = index
        serial = serial
        new_certs_dir = .
        certificate = authority.pem
        private_key = authority.key
        default_md = sha256
        policy = any
        copy_extensions = copy
        unique_subject = no
        [any]
        commonName = supplied

        """
}

extension PostgresServer {
    /// Replaces who may enter how (`pg_hba.conf`); takes effect with the next start.
    package func letIn(_ lines: String) throws {
        let file = URL(fileURLWithPath: "\(directory)/data/pg_hba.conf")
        try Data((lines + "\n").utf8).write(to: file)
    }
}
