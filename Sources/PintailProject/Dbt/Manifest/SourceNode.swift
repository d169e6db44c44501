/// A table that others make, as a property file declares it.
package struct SourceNode: Sendable {
    /// `source.package.source.table`.
    package var uniqueID: String
    /// The project or package it belongs to.
    package var package: String
    /// The property file within its package.
    package var originalFilePath: String
    /// The names that selectors take: package, folders, name.
    package var fqn: [String]
    /// The name of the source that the table is part of.
    package var sourceName: String
    /// The table's name.
    package var name: String
    /// The table's name in the database.
    package var identifier: String
    /// The database it lies in.
    package var database: String?
    /// The schema it lies in.
    package var schema: String
    /// The database as it is written.
    package var unrenderedDatabase: String?
    /// The schema as it is written.
    package var unrenderedSchema: String?
    /// Quoted and qualified.
    package var relationName: String?
    /// What loads it.
    package var loader = ""
    /// What is said of the source it is part of.
    package var sourceDescription = ""
    package var description = ""
    /// Which parts of names are quoted.
    package var quoting: ConfigObject = ["database": nil, "schema": nil, "identifier": nil, "column": nil]
    /// The column that says when a row was loaded.
    package var loadedAtField: String?
    /// The query that says when it was last loaded.
    package var loadedAtQuery: String?
    /// How old it may be.
    package var freshness: ConfigValue = .null
    /// What dbt keeps for tables outside of the database.
    package var external: ConfigValue = .null
    /// What is said of its columns.
    package var columns: [ColumnEntry] = []
    /// Whatever the project notes about it.
    package var meta: ConfigObject = [:]
    /// What the project notes about the source it is part of.
    package var sourceMeta: ConfigObject = [:]
    /// Words that select it.
    package var tags: [String] = []
    /// What applies in the end.
    package var config: ConfigObject = [:]
    /// What was configured, before it was rendered.
    package var unrenderedConfig: ConfigObject = [:]
    /// The property file that describes it, with its package.
    package var patchPath: String?
    /// Unique ids of the blocks that its description uses.
    package var docBlocks: [String] = []
    /// When it was read, in seconds since 1970.
    package var createdAt: Double = 0
    /// Where it is declared, for messages.
    package var location: SourceLocation

    /// A table of a source, of which the rest is filled in later.
    package init(
        _ sourceName: String,
        _ name: String,
        package: String,
        originalFilePath: String,
        fqn: [String],
        location: SourceLocation
    ) {
        self.sourceName = sourceName
        self.name = name
        self.package = package
        self.originalFilePath = originalFilePath
        self.fqn = fqn
        self.location = location
        uniqueID = "source.\(package).\(sourceName).\(name)"
        identifier = name
        schema = sourceName
    }
}
