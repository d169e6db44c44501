import Jinja

/// An error that a template raised on purpose.
struct RaisedInTemplate: Error {
    /// Which function of `exceptions` raised it.
    let name: String
    /// What it said.
    let message: String
}

/// `exceptions`: ways to fail, and to warn.
enum ExceptionNames {
    private static let raising = [
        "raise_compiler_error", "raise_database_error", "raise_not_implemented", "raise_dependency_error",
        "raise_fail_fast_error", "raise_ambiguous_alias", "raise_ambiguous_catalog_match", "raise_cache_inconsistent",
        "raise_dataclass_not_dict", "raise_dep_not_found", "raise_duplicate_patch_name",
        "raise_duplicate_resource_name", "raise_invalid_property_yml_version", "missing_config",
        "missing_materialization", "missing_relation", "column_type_missing",
    ]

    static func all(in context: RunContext) -> Value {
        let dict = DictObject()
        for name in raising {
            dict[name] = .function(name) { arguments, _ in
                let message = try arguments.positional.first?.text ?? arguments.keyword.first?.value.text ?? ""
                throw TemplateError(.raised, message, cause: RaisedInTemplate(name: name, message: message))
            }
        }
        dict["warn"] = .function("warn") { [unowned context] arguments, _ in
            context.warn(try arguments[0, "msg"]?.text ?? "")
            return ""
        }
        dict["warn_snapshot_timestamp_data_types"] = .function("warn_snapshot_timestamp_data_types") {
            [unowned context] arguments, _ in
            let clock = try arguments[0, "snapshot_time_data_type"]?.text ?? ""
            let column = try arguments[1, "updated_at_data_type"]?.text ?? ""
            context.warn(
                "the time of this snapshot is \(clock), its updated_at column \(column): comparing them may go wrong"
            )
            return ""
        }
        dict["relation_wrong_type"] = .function("relation_wrong_type") { arguments, _ in
            let relation = try arguments[0, "relation"]?.text ?? ""
            let wanted = try arguments[1, "expected_type"]?.text ?? ""
            let message =
                "\(relation) is to become a \(wanted) and is something else now: drop it, or run with --full-refresh"
            throw TemplateError(
                .raised,
                message,
                cause: RaisedInTemplate(name: "relation_wrong_type", message: message)
            )
        }
        dict["raise_contract_error"] = .function("raise_contract_error") { arguments, _ in
            throw try contractError(arguments)
        }
        return .dict(dict)
    }

    private static func contractError(_ arguments: Arguments) throws -> TemplateError {
        func types(_ value: Value?) throws -> [(String, String)] {
            try (value?.elements() ?? []).compactMap { line in
                guard case .dict(let line) = line else { return nil }
                return (try line["name"]?.text ?? "", try line["data_type"]?.text ?? "")
            }
        }
        let promised = try types(arguments[0, "yaml_columns"])
        let given = try types(arguments[1, "sql_columns"])
        var lines: [[String]] = []
        for (name, type) in given {
            guard let wanted = promised.first(where: { $0.0 == name })?.1 else {
                lines.append([name, type, "", "missing in contract"])
                continue
            }
            if wanted != type { lines.append([name, type, wanted, "data type mismatch"]) }
        }
        for (name, type) in promised where !given.contains(where: { $0.0 == name }) {
            lines.append([name, "", type, "missing in definition"])
        }
        lines.sort { $0[0] < $1[0] }
        let table = TablePrinting.structure(
            ["column_name", "definition_type", "contract_type", "mismatch_reason"],
            lines
        )
        let message = """
            The columns are not those that the contract promises.

            \(table)
            """
        return TemplateError(.raised, message, cause: RaisedInTemplate(name: "raise_contract_error", message: message))
    }
}
