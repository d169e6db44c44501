import PintailEngine
import PintailOrchestrator
import PintailProject
import TestSupport
import Testing

/// What the kernel's files say, in trees made up of them.
@Suite struct SystemMemoryTests {
    private static let meminfo = """
        MemTotal:       16000000 kB
        MemFree:         1000000 kB
        MemAvailable:    8000000 kB
        Cached:          2000000 kB
        """

    struct Tree: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
        let available: Int64
        let total: Int64
        let limitedBy: String

        init(_ name: String, _ files: [String: String], _ available: Int64, of total: Int64, by limit: String) {
            testDescription = name
            self.files = files
            self.available = available
            self.total = total
            limitedBy = limit
        }
    }

    @Test(
        arguments: [
            Tree("no groups", [:], 8_192_000_000, of: 16_384_000_000, by: "machine"),
            Tree(
                "a container of version 2",
                [
                    "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1000000000\n",
                    "/sys/fs/cgroup/memory.current": "700000000\n",
                    "/sys/fs/cgroup/memory.stat": "anon 400000000\ninactive_file 300000000\nactive_file 5\n",
                ],
                600_000_000,
                of: 1_000_000_000,
                by: "cgroup v2"
            ),
            Tree(
                "a group inside one that allows less",
                [
                    "/proc/self/cgroup": "0::/user.slice/app.scope\n",
                    "/sys/fs/cgroup/user.slice/app.scope/memory.max": "5000000000",
                    "/sys/fs/cgroup/user.slice/app.scope/memory.current": "1000000",
                    "/sys/fs/cgroup/user.slice/memory.max": "2000000000",
                    "/sys/fs/cgroup/user.slice/memory.current": "1500000000",
                ],
                500_000_000,
                of: 2_000_000_000,
                by: "cgroup v2"
            ),
            Tree(
                "a group without a limit",
                [
                    "/proc/self/cgroup": "0::/app\n", "/sys/fs/cgroup/app/memory.max": "max\n",
                    "/sys/fs/cgroup/app/memory.current": "1\n",
                ],
                8_192_000_000,
                of: 16_384_000_000,
                by: "machine"
            ),
            Tree(
                "a group that is slowed down before it is stopped",
                [
                    "/proc/self/cgroup": "0::/app\n", "/sys/fs/cgroup/app/memory.max": "max\n",
                    "/sys/fs/cgroup/app/memory.high": "3000000000\n",
                    "/sys/fs/cgroup/app/memory.current": "1000000000\n",
                ],
                2_000_000_000,
                of: 3_000_000_000,
                by: "cgroup v2"
            ),
            Tree(
                "a group of version 1",
                [
                    "/proc/self/cgroup": "3:cpu,cpuacct:/x\n2:memory:/docker/abc\n1:name=systemd:/\n",
                    "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "536870912\n",
                    "/sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes": "136870912\n",
                    "/sys/fs/cgroup/memory/docker/abc/memory.stat": "inactive_file 1\ntotal_inactive_file 36870912\n",
                ],
                436_870_912,
                of: 536_870_912,
                by: "cgroup v1"
            ),
            Tree(
                "a container of version 1, whose own group is the top it sees",
                [
                    "/proc/self/cgroup": "2:memory:/docker/abc\n",
                    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000\n",
                    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "0\n",
                ],
                1_000_000_000,
                of: 1_000_000_000,
                by: "cgroup v1"
            ),
            Tree(
                "version 1 without a limit",
                [
                    "/proc/self/cgroup": "2:memory:/\n",
                    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "4096\n",
                ],
                8_192_000_000,
                of: 16_384_000_000,
                by: "machine"
            ),
            Tree(
                "both versions at once",
                [
                    "/proc/self/cgroup": "2:memory:/a\n0::/b\n",
                    "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "300000000\n",
                    "/sys/fs/cgroup/memory/a/memory.usage_in_bytes": "100000000\n",
                ],
                200_000_000,
                of: 300_000_000,
                by: "cgroup v1"
            ),
            Tree(
                "a group that has used up all it may",
                [
                    "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1000\n",
                    "/sys/fs/cgroup/memory.current": "2000\n",
                ],
                0,
                of: 1000,
                by: "cgroup v2"
            ),
            Tree(
                "a group whose use is not told",
                ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1000\n"],
                1000,
                of: 1000,
                by: "cgroup v2"
            ),
            Tree(
                "a group that allows more than there is",
                [
                    "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "900000000000\n",
                    "/sys/fs/cgroup/memory.current": "1\n",
                ],
                8_192_000_000,
                of: 16_384_000_000,
                by: "machine"
            ),
            Tree(
                "nonsense",
                [
                    "/proc/self/cgroup": "\n:\n0::\n2:memory\nnothing\n", "/sys/fs/cgroup/memory.max": "many\n",
                    "/sys/fs/cgroup/memory.stat": "",
                ],
                8_192_000_000,
                of: 16_384_000_000,
                by: "machine"
            ),
        ]
    )
    func `what limits the process is found`(tree: Tree) throws {
        let folder = try TemporaryDirectory()
        try folder.write(Self.meminfo, to: "proc/meminfo")
        for (path, text) in tree.files { try folder.write(text, to: path) }
        let memory = SystemMemory.now(root: folder.path)
        #expect(memory.available.count == tree.available)
        #expect(memory.total.count == tree.total)
        #expect(memory.limitedBy == tree.limitedBy)
    }

    @Test func `a kernel that does not estimate what is available is helped`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("MemTotal: 4000 kB\nMemFree: 1000 kB\nCached: 500 kB\n", to: "proc/meminfo")
        #expect(SystemMemory.now(root: folder.path).available == 1_536_000)
    }

    @Test func `without the kernel's files something is still known`() throws {
        let memory = SystemMemory.now(root: try TemporaryDirectory().path)
        #expect(memory.available > 0 && memory.available < memory.total)
    }

    @Test func `the margin is left to others, and a given budget is taken as it is`() {
        let system = SystemMemory(available: 10_000_000_000, total: 16_000_000_000, limitedBy: "machine")
        let measured = MemoryBudget(Resources(memoryMargin: 0.3), system: system)
        #expect(measured.safe == 7_000_000_000 && !measured.isGiven)
        let given = MemoryBudget(Resources(memory: 100_000_000), system: system)
        #expect(given.safe == 100_000_000 && given.isGiven)
        #expect(given.duckDBLimit == 16_000_000)
        #expect(MemoryBudget(Resources(memory: 1), system: system).duckDBLimit == 16_000_000)
        #expect(MemoryBudget(Resources(memoryMargin: 1.5), system: system).safe == 0)
        let limit = Int(given.duckDBLimit.count)
        #expect(given.holds(rows: limit / 64, of: 64))
        #expect(!given.holds(rows: limit / 64, of: 64, inShare: 4))
        // DuckDB's guess at a join of all with all.
        #expect(!given.holds(rows: .max, of: 64))
    }
}
