extension MacroIndex {
    /// The macro that `package.name` means; `dbt` is all that comes with Pintail.
    package func macro(_ name: String, ofNamespace package: String) -> MacroEntry? {
        guard package == "dbt" else { return macro(name, in: package) }
        return Self.builtIn.lazy.compactMap { macro(name, in: $0) }.first
    }

    /// What `adapter.dispatch(name, namespace)` finds, or everything it looked for.
    ///
    /// A package that comes first in the order wins with any of its prefixes.
    package func dispatch(
        _ name: String,
        namespace: String?,
        from package: String
    ) -> Result<MacroEntry, DispatchFailure> {
        var tried: [String] = []
        let places: [String?] = namespace.map { dispatchOrders[$0] ?? [root, $0] } ?? [nil]
        for place in places {
            for prefix in Self.dispatchPrefixes {
                let wanted = prefix + name
                if let found = place.map({ macro(wanted, ofNamespace: $0) }) ?? macro(wanted, from: package) {
                    return .success(found)
                }
                tried.append(place.map { "\($0).\(wanted)" } ?? wanted)
            }
        }
        return .failure(DispatchFailure(name: name, namespace: namespace, tried: tried))
    }

    /// The materialization of a name: the project's, then Pintail's, then any package's.
    package func materialization(_ name: String) -> MacroEntry? {
        let wanted = ["materialization_\(name)_duckdb", "materialization_\(name)_default"]
        let places = [root] + Self.builtIn + packages
        return places.lazy.compactMap { place in
            wanted.lazy.compactMap { self.macro($0, in: place) }.first
        }.first
    }

    /// The names that bare calls in a node of `package` reach.
    package func reachableNames(from package: String) -> Set<String> {
        Set(([package, root] + Self.builtIn).flatMap { names(in: $0) })
    }

    /// The macros of a project and its packages with Pintail's own.
    package init(root: String, macros: some Sequence<MacroEntry>, dispatchOrders: [String: [String]] = [:]) {
        self.init(root: root)
        for macro in BuiltInMacros.all { add(macro) }
        for macro in macros { add(macro) }
        self.dispatchOrders = dispatchOrders
    }
}

/// A dispatch that found nothing.
package struct DispatchFailure: Error {
    /// The macro that was wanted.
    package let name: String
    /// The package it was wanted from.
    package let namespace: String?
    /// What was looked for, in order.
    package let tried: [String]
}
