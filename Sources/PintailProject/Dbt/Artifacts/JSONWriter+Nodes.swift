extension JSONWriter {
    mutating func writeNode(_ node: Node) {
        object { writer in
            writer.writeIdentity(node)
            writer.entry("config", .object(node.config))
            writer.entry("tags", node.tags)
            writer.entry("description", node.description)
            writer.key("columns")
            writer.writeColumns(node.columns)
            writer.entry("meta", .object(node.meta))
            writer.entry("group", node.group)
            writer.entry("docs", .object(node.docs))
            writer.entry("patch_path", node.patchPath)
            writer.entry("build_path", node.compilation?.buildPath)
            writer.entry("unrendered_config", .object(node.unrenderedConfig))
            writer.marked("created_at", .double(node.createdAt))
            writer.entry("relation_name", node.relationName)
            writer.marked("raw_code", .string(node.rawCode))
            writer.entry("doc_blocks", node.docBlocks)
            if node.kind == .seed {
                writer.entry("root_path", node.rootPath)
                writer.key("depends_on")
                writer.object { $0.entry("macros", node.dependsOnMacros) }
            } else {
                writer.writeCode(node)
            }
            if node.kind == .model { writer.writeModel(node) }
            if node.kind == .test { writer.writeTest(node) }
            if node.kind == .operation { writer.entry("index", node.hookIndex.map { .integer($0) } ?? .null) }
        }
    }

    private mutating func writeIdentity(_ node: Node) {
        entry("database", node.database)
        entry("schema", node.schema)
        entry("name", node.name)
        entry("resource_type", node.kind.rawValue)
        entry("package_name", node.package)
        entry("path", node.path)
        entry("original_file_path", node.originalFilePath)
        entry("unique_id", node.uniqueID)
        entry("fqn", node.fqn)
        entry("alias", node.alias)
        key("checksum")
        object { writer in
            writer.entry("name", node.checksum == nil ? "none" : node.isKnownByPath ? "path" : "sha256")
            writer.marked("checksum", .string(node.checksum ?? ""))
        }
    }

    private mutating func writeCode(_ node: Node) {
        entry("language", node.language)
        key("refs")
        writeRefs(node.refs)
        key("sources")
        list(node.sources) { $0.value(.list($1.map { .string($0) })) }
        key("metrics")
        list(node.metrics) { $0.value(.list($1.map { .string($0) })) }
        entry("functions", [] as ConfigValue)
        key("depends_on")
        object { writer in
            writer.entry("macros", node.dependsOnMacros)
            writer.entry("nodes", node.dependsOnNodes)
        }
        entry("compiled_path", node.compilation?.path)
        writeCompilation(node)
        let contract = node.config["contract"]?.object ?? ["enforced": false, "alias_types": true]
        let checksum: ConfigObject = ["checksum": node.contractChecksum.map { .string($0) } ?? .null]
        entry("contract", .object(contract.merging(checksum)))
    }

    private mutating func writeCompilation(_ node: Node) {
        guard let compilation = node.compilation, let code = compilation.code else { return }
        entry("compiled", true as ConfigValue)
        entry("compiled_code", code)
        entry("extra_ctes_injected", true as ConfigValue)
        key("extra_ctes")
        list(compilation.expressions) { writer, expression in
            writer.object { writer in
                writer.entry("id", expression.id)
                writer.entry("sql", expression.sql)
            }
        }
    }

    private mutating func writeModel(_ node: Node) {
        entry("access", node.access)
        entry("constraints", .list(node.constraints))
        entry("version", node.version)
        entry("latest_version", node.latestVersion)
        entry("deprecation_date", node.deprecationDate)
        entry("primary_key", node.primaryKey)
        entry("time_spine", node.timeSpine)
    }

    private mutating func writeTest(_ node: Node) {
        guard let test = node.test else { return }
        entry("column_name", node.columnName)
        entry("file_key_name", node.fileKeyName)
        entry("attached_node", node.attachedNode)
        key("test_metadata")
        object { writer in
            writer.entry("name", test.name)
            writer.entry("kwargs", .object(test.arguments))
            writer.entry("namespace", test.namespace)
        }
    }

    mutating func writeRefs(_ refs: [RefCall]) {
        list(refs) { writer, ref in
            writer.object { writer in
                writer.entry("name", ref.name)
                writer.entry("package", ref.package)
                writer.entry("version", ref.version)
            }
        }
    }

    mutating func writeColumns(_ columns: [ColumnEntry]) {
        object { writer in
            for column in columns {
                writer.key(column.name)
                writer.writeColumn(column)
            }
        }
    }

    private mutating func writeColumn(_ column: ColumnEntry) {
        object { writer in
            writer.entry("name", column.name)
            writer.entry("description", column.description)
            writer.entry("meta", .object(column.meta))
            writer.entry("data_type", column.dataType)
            writer.entry("constraints", .list(column.constraints))
            writer.entry("quote", column.quote.map { .bool($0) } ?? .null)
            writer.entry("config", .object(column.config))
            writer.entry("tags", column.tags)
            writer.entry("granularity", column.granularity)
            writer.entry("doc_blocks", column.docBlocks)
        }
    }
}
