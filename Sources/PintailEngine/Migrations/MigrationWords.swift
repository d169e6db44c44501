import PintailProject
import Postgres

/// Says in words what migrations met on a server, without the secrets of a project.
struct MigrationWords {
    let project: Project

    /// The server cannot be asked for the migrations of a connection.
    func unreachable(_ name: String, _ settings: PostgresSettings, _ error: PostgresError) -> StepError {
        StepError(
            "cannot work with '\(name)' (\(PostgresAddress(settings)))",
            cause: said(error),
            isTransient: error.isTransient
        )
    }

    /// What the server or libpq said.
    func said(_ error: PostgresError) -> StepError {
        let secrets = Redactor(project)
        let said = [error.message, error.detail].compactMap(\.self).joined(separator: "; ")
        let remedy = error.hint ?? error.connectionFailure.flatMap { $0.reason.hint($0) }
        return StepError(secrets.redact(said), hint: remedy.map(secrets.redact), isTransient: error.isTransient)
    }

    /// The failure without what a server repeats of the project's secrets.
    func redacted(_ failure: MigrationFailure) -> MigrationFailure {
        let secrets = Redactor(project)
        var diagnostic = failure.diagnostic
        diagnostic.message = secrets.redact(diagnostic.message)
        diagnostic.hint = diagnostic.hint.map(secrets.redact)
        return MigrationFailure(diagnostic: diagnostic, dataState: failure.dataState)
    }
}
