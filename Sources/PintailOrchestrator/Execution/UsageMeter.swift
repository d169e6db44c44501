import Dispatch
import Synchronization

/// Measures what the process uses while nodes run.
///
/// Memory is looked at every 50 ms; a peak between two looks is still found when it was the highest of the process's life.
final class UsageMeter: Sendable {
    /// Often enough to see a hash table grow; 20 reads of a small file a second cost nothing.
    private static let interval = DispatchTimeInterval.milliseconds(50)

    /// What was used while something ran.
    struct Reading: Hashable {
        var peakMemory: Bytes?
        var cpu: Duration
        /// Whether another node ran at any time meanwhile.
        var isShared: Bool
    }

    private struct Interval {
        let cpu: Duration
        let highWaterMark: Bytes?
        var peak: Bytes?
        var isShared: Bool
    }

    private let open = Mutex<[NodeID?: Interval]>([:])
    private let latest = Mutex<Look?>(nil)

    private struct Look {
        let resident: Bytes
        let time: ContinuousClock.Instant
    }

    /// For as long as this, many small nodes are content with what one of them saw: a read takes as long as they do.
    private static let freshness = Duration.milliseconds(5)

    /// Starts to look; stops when nobody holds the meter any more.
    init() { lookAgain() }

    /// A node begins; nil stands for the whole run, which shares with nobody.
    func begin(_ node: NodeID?) {
        let resident = self.resident
        let mark = ProcessUsage.highWaterMark
        let cpu = ProcessUsage.cpu
        open.withLock { open in
            let others = open.keys.filter { $0 != nil }
            if node != nil { for other in others { open[other]?.isShared = true } }
            open[node] = Interval(
                cpu: cpu,
                highWaterMark: mark,
                peak: resident,
                isShared: node != nil && !others.isEmpty
            )
        }
    }

    /// A node ends; what was used since it began, nil when it never did.
    func end(_ node: NodeID?) -> Reading? {
        sample()
        let mark = ProcessUsage.highWaterMark
        return open.withLock { open in
            guard let interval = open.removeValue(forKey: node) else { return nil }
            var peak = interval.peak
            if let mark, let before = interval.highWaterMark, mark > before { peak = mark }
            return Reading(peakMemory: peak, cpu: ProcessUsage.cpu - interval.cpu, isShared: interval.isShared)
        }
    }

    private func lookAgain() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            self?.sample()
            self?.lookAgain()
        }
    }

    private var resident: Bytes? {
        latest.withLock { latest in
            let now = ContinuousClock.now
            if let latest, latest.time.duration(to: now) < Self.freshness { return latest.resident }
            latest = ProcessUsage.residentMemory.map { Look(resident: $0, time: now) }
            return latest?.resident
        }
    }

    private func sample() {
        guard let resident else { return }
        open.withLock { open in
            for (node, interval) in open {
                open[node]?.peak = max(interval.peak ?? 0, resident)
            }
        }
    }
}
