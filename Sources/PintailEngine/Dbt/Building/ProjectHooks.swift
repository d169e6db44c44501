import Jinja
import PintailOrchestrator
import PintailProject

/// What a project runs before and after everything else.
struct ProjectHooks {
    let world: BuildWorld
    let warehouse: Warehouse

    /// Whether the project or a package of its wants something done at a moment.
    static func areThere(for moment: String, in manifest: Manifest) -> Bool {
        manifest.nodes.all.contains { $0.kind == .operation && $0.tags.contains(moment) }
    }

    /// Runs the hooks of a moment, in their order; after one that fails the others are skipped.
    ///
    /// - Returns: whether all of them went well.
    func run(_ moment: String, extra: [String: Value] = [:]) -> Bool {
        let hooks = world.manifest.nodes.all.filter { $0.kind == .operation && $0.tags.contains(moment) }
            .sorted { ($0.package, $0.hookIndex ?? 0) < ($1.package, $1.hookIndex ?? 0) }
        // The project's own come first, before all else as after it.
        let ordered =
            hooks.filter { $0.package == world.project.root.name }
            + hooks.filter { $0.package != world.project.root.name }
        var isFine = true
        for hook in ordered {
            var result = DbtResult(hook.uniqueID, isFine ? .success : .skipped)
            result.failures = 0
            let name = "\(hook.package).\(moment).\(hook.hookIndex ?? 0)"
            if isFine {
                isFine = run(hook, extra, &result)
                if isFine { result.message = name + " passed" }
            } else {
                result.failures = 1
                result.message = name + " skipped"
            }
            world.note(result)
        }
        return isFine
    }

    private func run(_ hook: Node, _ extra: [String: Value], _ result: inout DbtResult) -> Bool {
        let start = ContinuousClock.now
        defer { result.seconds = start.duration(to: .now).inSeconds }
        do {
            let compilation = NodeCompilation(world: world, node: hook, warehouse: warehouse)
            let (context, names) = try compilation.context()
            defer {
                names.leave()
                context.close()
            }
            context.node.extra = extra
            let sql = try compilation.compile(context, names).sql
            result.compiled = sql
            if sql.utf8.contains(where: { $0 > 0x20 }) { _ = try warehouse.run(sql, fetching: false, begins: false) }
            try warehouse.commit()
            return true
        } catch {
            warehouse.rollback()
            result.status = .error
            result.failures = 1
            result.message = BuildFailure(error, hook, compiled: result.compiled, nil).told
            return false
        }
    }
}
