/// Which value a variable has for whom.
///
/// The order is: the command line, the project for that package, the project, the
/// package itself.
package struct VariableScopes: Sendable {
    /// Variables of the command line.
    let given: ConfigObject
    let root: String
    /// `vars` of every package, as they are written.
    let packages: [String: ConfigObject]

    /// The value for a node of `package`; nil where nobody gives one.
    package func value(of name: String, for package: String) -> ConfigValue? {
        if let value = given[name] { return value }
        for scope in package == root ? [root] : [root, package] {
            guard let vars = packages[scope] else { continue }
            if let value = vars[package]?.object?[name] ?? vars[name] { return value }
        }
        return nil
    }

    /// All variables that a node of `package` sees.
    package func all(for package: String) -> ConfigObject {
        var all = ConfigObject()
        for scope in package == root ? [root] : [package, root] {
            guard let vars = packages[scope] else { continue }
            all = all.merging(vars).merging(vars[package]?.object ?? [:])
        }
        return all.merging(given)
    }
}
