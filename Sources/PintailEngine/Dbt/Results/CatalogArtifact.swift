import DuckDB
import PintailOrchestrator
package import PintailProject

/// `catalog.json` as dbt writes it (schema v1): what the database holds of a project.
package enum CatalogArtifact {
    /// Asks the database, and writes the file.
    ///
    /// - Parameter isEmpty: whether the file is to hold no relation, so that nothing is asked.
    /// - Returns: how many relations of the project there are.
    package static func write(
        of project: DbtProject,
        options: BuildOptions,
        isEmpty: Bool = false
    ) async throws -> Int {
        let world = try await DbtBuild.world(of: project, options, selecting: [])
        return try await offPool {
            let tables =
                isEmpty ? [:] : try tables(in: try Warehouse(world.database, relations: world.relations))
            var (nodes, sources): ([(String, Table)], [(String, Table)]) = ([], [])
            for node in project.manifest.nodes.all where node.relationName != nil {
                let key = Table.key(node.database ?? "", node.schema, node.alias)
                if let table = tables[key] { nodes.append((node.uniqueID, table)) }
            }
            for source in project.manifest.sources.all {
                let key = Table.key(source.database ?? "", source.schema, source.identifier)
                if let table = tables[key] { sources.append((source.uniqueID, table)) }
            }
            let bytes = bytes(nodes, sources, world.world.invocationID)
            try world.artifacts.write(bytes, named: "catalog.json")
            return nodes.count + sources.count
        }
    }

    private static func bytes(
        _ nodes: [(String, Table)],
        _ sources: [(String, Table)],
        _ invocationID: String
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.entry(
                "metadata",
                [
                    "dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json",
                    "dbt_version": .string(RunWorld.dbtVersion),
                    "generated_at": .string(Timestamp.now.description),
                    "invocation_id": .string(invocationID),
                    "env": [:],
                ]
            )
            for (name, entries) in [("nodes", nodes), ("sources", sources)] {
                writer.key(name)
                writer.object { writer in for (id, table) in entries { writer.entry(id, table.entry(id)) } }
            }
            writer.entry("errors", .null)
        }
        return writer.bytes
    }

    private static func tables(in warehouse: Warehouse) throws -> [String: Table] {
        var tables: [String: Table] = [:]
        let relations = try warehouse.rows(
            """
            SELECT database_name, schema_name, table_name, 'BASE TABLE', comment FROM duckdb_tables()
            UNION ALL
            SELECT database_name, schema_name, view_name, 'VIEW', comment FROM duckdb_views() WHERE NOT internal
            """
        )
        for row in relations {
            let names = row.map { $0.text ?? "" }
            let table = Table(
                database: names[0],
                schema: names[1],
                name: names[2],
                type: names[3],
                comment: row[4].text
            )
            tables[Table.key(names[0], names[1], names[2])] = table
        }
        let columns = try warehouse.rows(
            """
            SELECT database_name, schema_name, table_name, column_name, data_type, column_index, comment
            FROM duckdb_columns() WHERE NOT internal ORDER BY column_index
            """
        )
        for row in columns {
            let names = row.map { $0.text ?? "" }
            tables[Table.key(names[0], names[1], names[2])]?.columns.append(
                Column(name: names[3], type: names[4], index: row[5].integer ?? 0, comment: row[6].text)
            )
        }
        return tables
    }

    private struct Column: Sendable {
        let name: String
        let type: String
        let index: Int
        let comment: String?
    }

    private struct Table: Sendable {
        let database: String
        let schema: String
        let name: String
        let type: String
        let comment: String?
        var columns: [Column] = []

        static func key(_ database: String, _ schema: String, _ name: String) -> String {
            "\(database)\u{1F}\(schema)\u{1F}\(name)".lowercased()
        }

        func entry(_ id: String) -> ConfigValue {
            var columns = ConfigObject()
            for column in self.columns {
                columns[column.name] = [
                    "type": .string(column.type), "index": .integer(column.index), "name": .string(column.name),
                    "comment": column.comment.map { .string($0) } ?? .null,
                ]
            }
            return [
                "metadata": [
                    "type": .string(type), "schema": .string(schema), "name": .string(name),
                    "database": .string(database), "comment": comment.map { .string($0) } ?? .null, "owner": .null,
                ],
                "columns": .object(columns),
                "stats": [
                    "has_stats": [
                        "id": "has_stats", "label": "Statistics", "value": false, "include": false,
                        "description": "Whether anything is known of the size",
                    ]
                ],
                "unique_id": .string(id),
            ]
        }
    }
}
