/// Every macro of a project, found as dbt finds them: the calling node's package, the project, then the built-in ones.
package struct MacroIndex: Sendable {
    /// The project's name, whose macros come before built-in ones.
    package let root: String
    /// Packages in the order in which they were read; built-in ones first.
    package private(set) var packages: [String] = []
    private var macros: [String: [String: MacroEntry]] = [:]
    /// Search orders of `adapter.dispatch` by namespace, as the project gives them.
    package var dispatchOrders: [String: [String]] = [:]

    /// Namespaces of the macros that come with Pintail; the adapter's own come first.
    package static let builtIn = ["dbt_duckdb", "dbt"]
    /// What stands before a macro's name that is meant for one kind of database, nearest first.
    package static let dispatchPrefixes = ["duckdb__", "default__"]

    /// An index without macros.
    package init(root: String) { self.root = root }

    /// Adds a macro; one of the same name in the same package is replaced and given back.
    @discardableResult
    package mutating func add(_ macro: MacroEntry) -> MacroEntry? {
        if macros[macro.package] == nil { packages.append(macro.package) }
        return macros[macro.package, default: [:]].updateValue(macro, forKey: macro.name)
    }

    /// All macros, package by package, by name.
    package var all: [MacroEntry] {
        packages.flatMap { package in (macros[package] ?? [:]).values.sorted { $0.uniqueID < $1.uniqueID } }
    }

    /// Changes every macro in its place.
    package mutating func updateEach(_ change: (inout MacroEntry) -> Void) {
        for package in packages {
            for name in (macros[package] ?? [:]).keys {
                if var macro = macros[package]?[name] { change(&macro); macros[package]?[name] = macro }
            }
        }
    }

    /// The macro of one package.
    package func macro(_ name: String, in package: String) -> MacroEntry? { macros[package]?[name] }

    /// The macro that a name without a namespace means to a node of `package`.
    package func macro(_ name: String, from package: String) -> MacroEntry? {
        if let macro = macros[package]?[name] ?? macros[root]?[name] { return macro }
        for package in Self.builtIn { if let macro = macros[package]?[name] { return macro } }
        return nil
    }

    /// Whether a name is a package whose macros can be called by `name.macro()`.
    package func isNamespace(_ name: String) -> Bool { macros[name] != nil }

    /// What `adapter.dispatch(name, namespace)` finds for a node of `package`.
    package func dispatched(_ name: String, namespace: String?, from package: String) -> MacroEntry? {
        // A package that comes first wins with any of its prefixes.
        guard let namespace else {
            return Self.dispatchPrefixes.lazy.compactMap { macro($0 + name, from: package) }.first
        }
        for place in searchOrder(namespace) {
            for prefix in Self.dispatchPrefixes { if let macro = macros[place]?[prefix + name] { return macro } }
        }
        return nil
    }

    /// The packages that a dispatch goes through.
    package func searchOrder(_ namespace: String) -> [String] {
        let order = dispatchOrders[namespace] ?? [root, namespace]
        return order.flatMap { $0 == "dbt" ? Self.builtIn : [$0] }
    }

    /// Names near to one that was not found.
    package func names(in package: String) -> [String] { Array((macros[package] ?? [:]).keys) }
}
