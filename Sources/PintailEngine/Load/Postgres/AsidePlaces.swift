import DuckDB
import PintailOrchestrator
import PintailProject

/// Where the rows that a load puts aside stand in files, when it reads a table just as an extract published it.
struct AsidePlaces {
    private let table: TableName
    private let finder: RowFinder

    /// `nil` where the load reads anything else.
    init?(_ load: Load, _ environment: StepEnvironment) {
        guard case .table(let name) = load.source,
            let origin = environment.workspace.origins.origin(of: TableName(dotted: name).name)
        else { return nil }
        table = TableName(dotted: name)
        finder = RowFinder(origin: origin, workspace: environment.workspace, run: environment.run)
    }

    /// The mirrored files whose rows are all among those that the load reads.
    func files(judgedBy step: String) -> WholeFiles? {
        guard finder.origin.extract.incremental == .mirror else { return nil }
        return WholeFiles(names: finder.origin.files.map(\.name), run: finder.run, steps: [step])
    }

    /// What stands behind FROM to get `pintail_row, file, line, row_number` of the rows that `aside` numbers.
    ///
    /// - Parameter places: `nil` unless the numbers are those that DuckDB gives to the rows of the table.
    static func table(
        _ aside: SQL,
        _ places: AsidePlaces?,
        _ connection: borrowing Connection
    ) throws -> SQL {
        let numbers: SQL = #"temp.main."pintail: numbers""#
        guard let places, try places.finder.origin.numbers(places.table, connection) else {
            _ = try PlaceTable.fill("SELECT 0 WHERE false", nil, connection)
            return "(SELECT number AS pintail_row, * FROM \(PlaceTable.name))"
        }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE "pintail: numbers" AS
            SELECT DISTINCT pintail_row AS number, pintail_row FROM \(aside)
            """
        )
        _ = try PlaceTable.fill("SELECT number FROM \(numbers) ORDER BY 1", places.finder, connection)
        return "(FROM \(numbers) JOIN \(PlaceTable.name) USING (number))"
    }

    /// Removes what that made.
    static func drop(_ connection: borrowing Connection) throws {
        try connection.execute(#"DROP TABLE IF EXISTS temp.main."pintail: numbers""#)
        try PlaceTable.drop(connection)
    }
}
