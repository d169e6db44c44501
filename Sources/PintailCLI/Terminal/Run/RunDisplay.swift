import PintailOrchestrator

/// What a terminal shows of a run while it goes on: a line for every node that runs; a pure value.
struct RunDisplay: Sendable {
    private struct RunningNode {
        let node: NodeID
        let kind: NodeKind
        let started: Timestamp
        /// Where the present phase began: rates and the time left are of a phase, not of all before it.
        var phaseStarted: Timestamp
        var progress: NodeProgress?
        var retries: (at: Timestamp, attempt: Int)?
    }

    private static let barColumns = 16

    let glyphs: Glyphs
    private var running: [RunningNode] = []
    private var nameWidth = 0
    private var isCancelling = false

    init(glyphs: Glyphs) { self.glyphs = glyphs }

    /// Whether there is anything that moves.
    var isEmpty: Bool { running.isEmpty }

    /// Takes notice of an event.
    mutating func receive(_ event: RunEvent) {
        switch event.what {
        case .runStarted(let start): nameWidth = min(32, start.nodes.map(\.node.name.displayWidth).max() ?? 0)
        case .nodeStarted(let node, let kind, _):
            running.removeAll { $0.node == node }
            running.append(RunningNode(node: node, kind: kind, started: event.at, phaseStarted: event.at))
        case .nodeProgress(let node, let progress):
            update(node) { shown in
                if shown.progress?.phase != progress.phase { shown.phaseStarted = event.at }
                shown.progress = progress
            }
        case .nodeRetrying(let node, let attempt, let delay, _):
            update(node) { shown in
                shown.progress = nil
                let wait = Int64((delay.seconds * 1000).rounded())
                let next = Timestamp(millisecondsSince1970: event.at.millisecondsSince1970 + wait)
                shown.retries = (next, attempt + 1)
            }
        case .nodeFinished(let outcome): running.removeAll { $0.node == outcome.node }
        case .nodeSkipped(let node, _): running.removeAll { $0.node == node }
        case .runFinished: running = []
        case .message: break
        }
    }

    /// The user wants the run to stop.
    mutating func cancel() { isCancelling = true }

    /// The lines as they are at a moment, at most `limit` of them.
    func lines(at now: Timestamp, limit: Int) -> [StyledLine] {
        guard limit > 0, !running.isEmpty else { return [] }
        let cancelling = isCancelling ? [StyledLine("cancelling…", .yellow)] : []
        let room = limit - cancelling.count
        if running.count <= room { return running.map { line(for: $0, at: now) } + cancelling }
        let shown = running.prefix(max(0, room - 1)).map { line(for: $0, at: now) }
        return shown + [StyledLine("  and \(running.count - shown.count) more", .dim)] + cancelling
    }

    private mutating func update(_ node: NodeID, _ change: (inout RunningNode) -> Void) {
        guard let place = running.firstIndex(where: { $0.node == node }) else { return }
        change(&running[place])
    }

    private func line(for shown: RunningNode, at now: Timestamp) -> StyledLine {
        let elapsed = now.since(shown.started)
        // Eight turns a second, counted from the node's start, so that lines do not all turn as one.
        let turn = Int(max(0, elapsed.seconds) * 8) % glyphs.spinner.count
        var line = StyledLine(glyphs.spinner[turn], .cyan)
        line.add(" " + shown.node.name.padded(to: nameWidth))
        if let retries = shown.retries {
            let wait = max(.zero, retries.at.since(now))
            line.add(column: "attempt \(retries.attempt) in \(wait.spoken)", .yellow)
            return line
        }
        guard let progress = shown.progress else {
            line.add(column: shown.kind.activity)
            line.add(column: elapsed.spoken, .dim)
            return line
        }
        let text = ProgressText(progress, elapsed: now.since(shown.phaseStarted))
        if let share = text.share { addBar(share, to: &line) }
        for (place, word) in text.words.enumerated() { line.add(column: word, place == 0 ? .plain : .dim) }
        line.add(column: elapsed.spoken, .dim)
        return line
    }

    private func addBar(_ share: Double, to line: inout StyledLine) {
        let full = Int((share * Double(Self.barColumns)).rounded(.down))
        line.add("  " + String(repeating: glyphs.barFull, count: full), .cyan)
        line.add(String(repeating: glyphs.barEmpty, count: Self.barColumns - full), .dim)
        line.add(" " + "\(Int(share * 100)) %".padded(to: 5, alignsRight: true))
    }
}

extension NodeKind {
    /// What a node of the kind is doing while it has said nothing more exact.
    fileprivate var activity: String {
        switch self {
        case .extract: "reading"
        case .check, .test: "checking"
        case .transform, .model, .snapshot: "building"
        case .load: "delivering"
        case .seed: "loading"
        case .command, .exposure, .savedQuery: "running"
        case .analysis: "compiling"
        }
    }
}
