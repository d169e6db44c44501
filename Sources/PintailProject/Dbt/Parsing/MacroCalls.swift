import Jinja

/// Which macros a macro can call, read from its text: what manifests name as `depends_on`.
enum MacroCalls {
    /// Fills in what every macro depends on.
    static func resolve(in macros: inout MacroIndex) {
        let index = macros
        macros.updateEach { macro in macro.dependsOnMacros = ids(of: macro, in: index) }
    }

    private static func ids(of macro: MacroEntry, in index: MacroIndex) -> [String] {
        var seen: Set<String> = []
        return macro.definition.callees.compactMap { callee in
            let found = entry(callee, macro, index)?.uniqueID
            return found.flatMap { seen.insert($0).inserted ? $0 : nil }
        }
    }

    private static func entry(_ callee: Definition.Callee, _ macro: MacroEntry, _ index: MacroIndex) -> MacroEntry? {
        switch callee {
        case .name(let name): name == macro.name ? nil : index.macro(name, from: macro.package)
        case .member(let package, let name): index.macro(name, ofNamespace: package)
        case .dispatch(let name, let namespace): index.dispatched(name, namespace: namespace, from: macro.package)
        }
    }
}
