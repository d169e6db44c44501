import Synchronization

/// The scans that answer several tests at once: whoever of a group comes first makes it, the others take their answers.
final class SharedScans: Sendable {
    /// What a scan says of one test.
    struct Answer: Sendable {
        let failures: Int
        let isWarning: Bool
        let isError: Bool
        /// The statement that answered.
        let sql: String
    }

    private final class Group: Sendable {
        let members: [String]
        /// Held while the scan runs, so that the others wait for it, each on a thread of its own.
        let answers = Mutex<[String: Answer]?>(nil)

        init(_ members: [String]) { self.members = members }
    }

    private let groups: [String: Group]

    init(_ plan: ScanPlan) {
        var groups: [String: Group] = [:]
        for members in plan.groups {
            let group = Group(members)
            for id in members { groups[id] = group }
        }
        self.groups = groups
    }

    /// The answer for a test; nil for one that has to be run by itself.
    ///
    /// - Parameter scan: asks for all tests of the group; called once for them all unless it throws.
    func answer(for test: String, scan: (_ members: [String]) throws -> [String: Answer]) throws -> Answer? {
        guard let group = groups[test] else { return nil }
        return try group.answers.withLock { answers in
            let known = try answers ?? scan(group.members)
            answers = known
            return known[test]
        }
    }
}
