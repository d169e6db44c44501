/// A table that others make, as a property file declares it.
package struct SourceNode: Sendable {
    /// `source.package.source.table`.
    package var uniqueID: String
    package var package: String
    /// The property file within its package.
    package var originalFilePath: String
    package var fqn: [String]
    /// The name of the source that the table is part of.
    package var sourceName: String
    /// The table's name.
    package var name: String
    /// The table's name in the database.
    package var identifier: String
    package var database: String?
    package var schema: String
    package var unrenderedDatabase: String?
    package var unrenderedSchema: String?
    package var relationName: String?
    package var loader = ""
    package var sourceDescription = ""
    package var description = ""
    package var quoting: ConfigObject = ["database": nil, "schema": nil, "identifier": nil, "column": nil]
    package var loadedAtField: String?
    package var loadedAtQuery: String?
    package var freshness: ConfigValue = .null
    package var external: ConfigValue = .null
    package var columns: [ColumnEntry] = []
    package var meta: ConfigObject = [:]
    package var sourceMeta: ConfigObject = [:]
    package var tags: [String] = []
    package var config: ConfigObject = [:]
    package var unrenderedConfig: ConfigObject = [:]
    package var patchPath: String?
    package var docBlocks: [String] = []
    package var createdAt: Double = 0
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
