extension JSONWriter {
    mutating func writeSource(_ source: SourceNode) {
        object { writer in
            writer.entry("database", source.database)
            writer.entry("schema", source.schema)
            writer.entry("name", source.name)
            writer.entry("resource_type", "source")
            writer.entry("package_name", source.package)
            writer.entry("path", source.originalFilePath)
            writer.entry("original_file_path", source.originalFilePath)
            writer.entry("unique_id", source.uniqueID)
            writer.entry("fqn", source.fqn)
            writer.entry("source_name", source.sourceName)
            writer.entry("source_description", source.sourceDescription)
            writer.entry("loader", source.loader)
            writer.entry("identifier", source.identifier)
            writer.entry("quoting", .object(source.quoting))
            writer.entry("loaded_at_field", source.loadedAtField)
            writer.entry("loaded_at_query", source.loadedAtQuery)
            writer.entry("freshness", source.freshness)
            writer.entry("external", source.external)
            writer.entry("description", source.description)
            writer.key("columns")
            writer.writeColumns(source.columns)
            writer.entry("meta", .object(source.meta))
            writer.entry("source_meta", .object(source.sourceMeta))
            writer.entry("tags", source.tags)
            writer.entry("config", .object(source.config))
            writer.entry("patch_path", source.patchPath)
            writer.entry("unrendered_config", .object(source.unrenderedConfig))
            writer.entry("relation_name", source.relationName)
            writer.entry("created_at", .double(source.createdAt))
            writer.entry("unrendered_database", source.unrenderedDatabase)
            writer.entry("unrendered_schema", source.unrenderedSchema)
            writer.entry("doc_blocks", source.docBlocks)
        }
    }

    mutating func writeMacro(_ macro: MacroEntry) {
        object { writer in
            writer.entry("name", macro.name)
            writer.entry("resource_type", "macro")
            writer.entry("package_name", macro.package)
            writer.entry("path", macro.path)
            writer.entry("original_file_path", macro.originalFilePath)
            writer.entry("unique_id", macro.uniqueID)
            writer.entry("macro_sql", macro.text)
            writer.key("depends_on")
            writer.object { $0.entry("macros", macro.dependsOnMacros) }
            writer.entry("description", macro.description)
            writer.entry("meta", .object(macro.meta))
            writer.entry("docs", .object(macro.docs))
            writer.entry("config", ["meta": .object(macro.meta), "docs": .object(macro.docs)])
            writer.entry("patch_path", macro.patchPath)
            writer.entry("arguments", .list(macro.arguments))
            writer.entry("created_at", .double(macro.createdAt))
            writer.entry("supported_languages", macro.supportedLanguages.map { .list($0.map { .string($0) }) } ?? .null)
        }
    }

    mutating func writeDoc(_ doc: DocBlock) {
        object { writer in
            writer.entry("name", doc.name)
            writer.entry("resource_type", "doc")
            writer.entry("package_name", doc.package)
            writer.entry("path", doc.path)
            writer.entry("original_file_path", doc.originalFilePath)
            writer.entry("unique_id", doc.uniqueID)
            writer.entry("block_contents", doc.contents)
        }
    }

    mutating func writeResource(_ resource: Resource) {
        object { writer in
            writer.entry("name", resource.name)
            writer.entry("resource_type", resource.kind.rawValue)
            writer.entry("package_name", resource.package)
            writer.entry("path", resource.path)
            writer.entry("original_file_path", resource.originalFilePath)
            writer.entry("unique_id", resource.uniqueID)
            if resource.kind != .group { writer.entry("fqn", resource.fqn) }
            for (key, value) in resource.properties { writer.entry(key, value) }
            if resource.properties["description"] == nil { writer.entry("description", resource.description) }
            writer.entry("config", .object(resource.config))
            guard resource.kind != .group else { return }
            writer.entry("unrendered_config", .object(resource.unrenderedConfig))
            if resource.kind != .exposure { writer.entry("group", resource.config["group"] ?? .null) }
            if resource.kind == .exposure || resource.kind == .metric { writer.entry("meta", .object(resource.meta)) }
            if resource.kind != .semanticModel { writer.entry("tags", resource.tags) }
            writer.key("depends_on")
            writer.object { writer in
                writer.entry("macros", resource.dependsOnMacros)
                writer.entry("nodes", resource.dependsOnNodes)
            }
            writer.key("refs")
            writer.writeRefs(resource.refs)
            writer.entry("created_at", .double(resource.createdAt))
            guard resource.kind == .exposure || resource.kind == .metric else { return }
            writer.key("sources")
            writer.list(resource.sources) { $0.value(.list($1.map { .string($0) })) }
            writer.key("metrics")
            writer.list(resource.metrics) { $0.value(.list($1.map { .string($0) })) }
        }
    }

    mutating func writeUnitTest(_ test: UnitTestNode) {
        object { writer in
            writer.entry("model", test.model)
            writer.key("given")
            writer.list(test.given) { $0.writeRows($1) }
            writer.key("expect")
            writer.writeRows(test.expect)
            writer.entry("name", test.name)
            writer.entry("resource_type", "unit_test")
            writer.entry("package_name", test.package)
            writer.entry("path", test.path)
            writer.entry("original_file_path", test.originalFilePath)
            writer.entry("unique_id", test.uniqueID)
            writer.entry("fqn", test.fqn)
            writer.entry("description", test.description)
            writer.entry("overrides", test.overrides)
            writer.key("depends_on")
            writer.object { writer in
                writer.entry("macros", [])
                writer.entry("nodes", test.dependsOnNodes)
            }
            writer.entry("config", .object(test.config))
            writer.entry("checksum", test.checksum)
            writer.entry("schema", test.schema)
            writer.entry("created_at", .double(test.createdAt))
            writer.entry("versions", test.versions)
            writer.entry("version", test.version)
        }
    }

    private mutating func writeRows(_ rows: UnitTestNode.Rows) {
        object { writer in
            if let input = rows.input { writer.entry("input", input) }
            writer.entry("rows", rows.tabular)
            writer.entry("format", rows.format)
            writer.entry("fixture", rows.fixture)
        }
    }
}
