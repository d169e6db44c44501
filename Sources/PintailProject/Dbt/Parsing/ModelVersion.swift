/// One of a model's versions, as a property file declares it.
struct ModelVersion {
    let patch: PropertyPatch
    let entry: PropertyNode
    let latest: ConfigValue

    var number: ConfigValue { entry["v"]?.value ?? .null }

    /// The columns' entries: the model's own as far as they are included, then the version's.
    var columns: [PropertyNode] {
        let own = ownColumns
        let names = Set(own.compactMap { $0["name"]?.string })
        return includedColumns.filter { !names.contains($0["name"]?.string ?? "") } + own
    }

    /// The entries whose tests are the version's: a column that it declares anew keeps the tests of the model's own.
    var testedColumns: [PropertyNode] { includedColumns + ownColumns }

    private var ownColumns: [PropertyNode] { (entry["columns"]?.items ?? []).filter { $0["name"] != nil } }

    /// Those of the model that the version takes over: all, where it does not say.
    private var includedColumns: [PropertyNode] {
        let base = patch.node["columns"]?.items ?? []
        let own = entry["columns"]?.items ?? []
        let rule = own.first { $0["include"] != nil || $0["exclude"] != nil }
        let include = rule?["include"]?.value ?? "all"
        let excluded = Set(rule?["exclude"]?.value.items.compactMap(\.string) ?? [])
        let takesAll = include == "all" || include == "*"
        return base.filter { column in
            let name = column["name"]?.string ?? ""
            return !excluded.contains(name) && (takesAll || include.items.contains(.string(name)))
        }
    }

    /// All versions of a model.
    static func all(of patch: PropertyPatch) -> [ModelVersion] {
        let entries = patch.node["versions"]?.items ?? []
        guard !entries.isEmpty else { return [] }
        let numbers = entries.compactMap { $0["v"]?.value }
        let latest = patch.node["latest_version"]?.value ?? highest(numbers)
        return entries.map { ModelVersion(patch: patch, entry: $0, latest: latest) }
    }

    /// Numbers are compared as numbers where all are.
    private static func highest(_ numbers: [ConfigValue]) -> ConfigValue {
        let parsed = numbers.map { Double($0.plainText) }
        if parsed.allSatisfy({ $0 != nil }) {
            return zip(numbers, parsed).max { ($0.1 ?? 0) < ($1.1 ?? 0) }?.0 ?? .null
        }
        return numbers.max { $0.plainText < $1.plainText } ?? .null
    }
}
