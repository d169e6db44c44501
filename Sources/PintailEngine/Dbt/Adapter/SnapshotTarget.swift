import Jinja

/// What must hold of a snapshot's table before it is changed.
enum SnapshotTarget {
    /// `ignore`, `invalidate` or `new_record`, from `hard_deletes` or the older switch.
    static func hardDeletes(_ call: AdapterCall) throws -> Value {
        let config = call.context.node.config
        let older = config["invalidate_hard_deletes"].flatMap { $0.isNone ? nil : $0 }
        if let wanted = config["hard_deletes"], !wanted.isNone {
            if older != nil {
                throw TemplateError(
                    .raised,
                    "give hard_deletes or the older invalidate_hard_deletes, not both"
                )
            }
            guard ["ignore", "invalidate", "new_record"].contains(try wanted.text) else {
                throw TemplateError(.raised, "hard_deletes is ignore, invalidate or new_record")
            }
            return wanted
        }
        return .string(try older?.isTrue ?? false ? "invalidate" : "ignore")
    }

    /// Refuses a table that lacks the columns of a snapshot.
    static func check(_ call: AdapterCall) throws -> Value {
        let relation = try call.relation(0, "relation")
        guard case .dict(let names)? = call.arguments[1, "column_names"] else { return "" }
        let known = Set(try RelationColumns.of(relation, in: call.warehouse()).map { $0.name.lowercased() })
        var marksDeleted = false
        if case .dict(let strategy)? = call.arguments[2, "strategy"] {
            marksDeleted = strategy["hard_deletes"]?.asString == "new_record"
        }
        let missing = try names.items.compactMap { item -> String? in
            let column = try item.value.text
            if item.key.asString == "dbt_is_deleted", !marksDeleted { return nil }
            return known.contains(column.lowercased()) ? nil : column
        }
        if !missing.isEmpty {
            let list = missing.map { "\"\($0)\"" }.joined(separator: ", ")
            throw TemplateError(
                .raised,
                "the snapshot's table has no \(list): rename its columns to what is configured, or name them as they are in snapshot_meta_column_names"
            )
        }
        return ""
    }
}
