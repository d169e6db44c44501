import PintailProject

/// Models that were built and not published: they failed, though what they had to do was done.
struct HeldBack {
    let world: BuildWorld

    /// Notes it in their results, and drops what nobody will want to look at.
    ///
    /// What failed a test stays in its staging place until the next run, so that its rows can be seen.
    func settle(_ pool: WarehousePool) throws {
        for (model, place, tests) in world.audits.heldBack {
            world.amend(model) { result in
                result.status = .error
                result.message = Self.message(place, tests.map { world.manifest.nodes[$0]?.name ?? $0 })
            }
            guard tests.isEmpty else { continue }
            let warehouse = try pool.take()
            defer { pool.give(warehouse) }
            try place.drop(warehouse)
            world.audits.files(of: model)?.draft.drop()
        }
    }

    private static func message(_ place: StagedModel, _ tests: [String]) -> String {
        guard !tests.isEmpty else { return "Not published: its tests did not run; \(place.shown) is unchanged" }
        let staged = [place.staged.schema, place.staged.identifier].compactMap(\.self).joined(separator: ".")
        return "Not published: it failed \(tests.joined(separator: ", ")); \(place.shown) is unchanged, "
            + "and what was built stands in \(staged) until the next build"
    }
}
