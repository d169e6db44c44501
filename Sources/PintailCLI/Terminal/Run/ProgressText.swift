import PintailOrchestrator

/// How far a node has come, in words and as a share.
struct ProgressText {
    private let progress: NodeProgress
    private let elapsed: Duration?

    /// - Parameter elapsed: how long the node has run; without it no rate is told.
    init(_ progress: NodeProgress, elapsed: Duration? = nil) {
        self.progress = progress
        self.elapsed = elapsed
    }

    /// The share that is done, 0 to 1; by bytes where rows are not known.
    var share: Double? {
        if let total = progress.totalRows, total > 0 {
            return min(1, Double(progress.rows.count) / Double(total.count))
        }
        if let total = progress.totalBytes, let bytes = progress.bytes, total > 0 {
            return min(1, Double(bytes.count) / Double(total.count))
        }
        return nil
    }

    /// The time that is left, the phase, rows, bytes and rate, each where it is known: what matters most comes first.
    var words: [String] {
        var words = [left].compactMap(\.self)
        if !progress.phase.isEmpty { words.append(progress.phase) }
        if elapsed == nil, let share { words.append("\(Int(share * 100)) %") }
        if progress.rows > 0 { words.append(progress.rows.spoken) }
        if let bytes = progress.bytes, bytes > 0 { words.append(bytes.description) }
        return words + [rate].compactMap(\.self)
    }

    private var rate: String? {
        guard let seconds = elapsed?.seconds, seconds >= 1 else { return nil }
        if let bytes = progress.bytes, bytes > 0 { return "\(Bytes(Int64(Double(bytes.count) / seconds)))/s" }
        guard progress.rows > 0 else { return nil }
        return "\(RowCount(Int64(Double(progress.rows.count) / seconds))) rows/s"
    }

    /// What is left at the speed so far; not told before that speed is known well enough.
    private var left: String? {
        guard let elapsed, elapsed.seconds >= 2, let share, share >= 0.02, share < 1 else { return nil }
        return "\((elapsed * ((1 - share) / share)).spoken) left"
    }
}
