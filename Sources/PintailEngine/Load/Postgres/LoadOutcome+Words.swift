import PintailOrchestrator
import PintailProject
import Postgres

extension LoadOutcome {
    /// The numbers that say what a load did, by name.
    func counts(_ load: Load) -> [(String, Int)] {
        var counts = [("processed", processed), ("inserted", inserted)]
        if load.mode.needsKey { counts += [("updated", updated), ("unchanged", unchanged)] }
        if superseded > 0 { counts.append(("superseded", superseded)) }
        if load.rules.missingRows != .keep { counts.append(("removed", removed)) }
        if load.references.contains(where: { $0.missing == .quarantine }) {
            counts.append(("quarantined", quarantined))
        }
        if load.references.contains(where: { $0.missing == .create }) {
            counts.append(("created", created.values.reduce(0, +)))
        }
        return counts
    }

    /// The rows that the load was given, whatever became of them.
    var processed: Int { rows + quarantined }

    /// The same numbers as a person reads them.
    func words(_ load: Load) -> String {
        var words = counts(load).filter { !["processed", "created"].contains($0.0) }.map { "\(RowCount($1)) \($0)" }
        words += created.sorted { $0.key < $1.key }.map { "\(RowCount($0.value)) created in \($0.key)" }
        return words.joined(separator: ", ") + " (\(RowCount(processed)) processed)"
    }
}
