import FoundationEssentials
import PintailEngine
import PintailOrchestrator
import PintailProject

/// Shows rows that were put aside: `pintail quarantine`.
struct QuarantineCommand: Command {
    static let rule = Option.list("rule", "RULE", .text, "Only rows that break this rule, as 'format' or 'type'")
    static let run = Option.value("run", "RUN", .text, "Only rows that this run put aside last")
    static let limit = Option.value(
        "limit",
        short: "n",
        "ROWS",
        .count,
        "Show no more rows of each rule than this; 3 unless given, all with --rows"
    )
    static let rows = Option.flag("rows", "Show each row, as it was put aside")
    static let output = Option.value(
        "output",
        short: "o",
        "FILE",
        .file,
        "Write the rows to a CSV file, to be mended and given to 'pintail replay --from'"
    )
    static let discard = Option.flag("discard", "Mark the rows as not wanted: they stay, and no replay takes them")

    static let spec = CommandSpec(
        "quarantine",
        .look,
        "Show the rows that were put aside, by the rules that they break",
        discussion: [
            "Rows are put aside by extracts (lines that cannot be read, values that do not fit their type), by checks and by "
                + "loads. Without a name every table that has such rows is listed.",
            "Only open rows are shown: those neither replayed nor discarded. Nothing is ever deleted.",
        ],
        arguments: [Argument("TABLE", "The table, or the load, that rows were put aside from", .optional)],
        options: [rule, run, limit, rows, output, discard, .json],
        examples: [
            .init("pintail quarantine", "Lists tables with rows put aside."),
            .init("pintail quarantine articles", "Tells which rules they break, how many, and shows some of each."),
            .init(
                "pintail quarantine articles --output bad.csv",
                "Writes them to a file, in which they can be mended."
            ),
            .init("pintail quarantine articles --rule type --discard", "Gives up those that break one rule."),
        ]
    )

    /// Rows of each rule that are shown when nobody says how many.
    private static let fewSamples = 3

    private let table: String?
    private let wish: Replay
    private let limit: Int?
    private let showsRows: Bool
    private let output: String?
    private let discards: Bool
    private let asJSON: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        table = arguments.words.first
        wish = Replay(
            arguments.words.first ?? "",
            run: arguments[Self.run],
            rules: arguments.all(Self.rule)
        )
        limit = arguments.count(Self.limit)
        showsRows = arguments.has(Self.rows)
        output = arguments[Self.output].map(ProjectAccess.absolute)
        discards = arguments.has(Self.discard)
        asJSON = arguments.has(.json)
        let narrowing = [Self.rule, Self.run, Self.rows, Self.output, Self.discard].first(where: arguments.has)
        if table == nil, let narrowing {
            throw UsageError(.other("\(narrowing.dashed) is about the rows of one table", hint: "name the table, too"))
        }
    }

    func run(_ console: Console) async throws -> ExitCode {
        let project = try ProjectAccess().load(console).project
        let text = QuarantineText(console)
        guard table != nil else {
            let tables = try await offPool { try QuarantineOverview(of: project).tables() }
            try asJSON ? console.print(jsonText(tables)) : text.print(tables)
            return .success
        }
        if discards { return try await discard(project, console) }
        let overview = try await offPool { try QuarantineOverview(of: project) }
        let facts = try await offPool { [wish] in try overview.table(wish.table) }
        let asked = wish.about(facts.table)
        if let output {
            let count = try await offPool { try overview.write(asked, to: output) }
            console.note("\(RowCount(count).spoken) written to \(output)")
        } else if showsRows {
            let rows = try await offPool { [limit] in try overview.rows(of: asked, limit: limit) }
            try asJSON ? console.print(jsonText(rows)) : text.print(rows)
        } else {
            let samples = limit ?? Self.fewSamples
            let groups = try await offPool { try overview.groups(of: asked, samples: samples) }
            if groups.isEmpty, facts.open > 0, !asJSON,
                let rule = wish.rules.first(where: { !facts.rules.contains($0) })
            {
                throw UsageError(
                    .other(
                        "no open row of quarantine.\(facts.table) breaks '\(rule)'",
                        hint: "they break \(facts.rules.joined(separator: ", "))"
                    )
                )
            }
            try asJSON
                ? console.print(jsonText(QuarantineFacts(table: facts, groups: groups))) : text.print(facts, groups)
        }
        return .success
    }

    private func discard(_ project: Project, _ console: Console) async throws -> ExitCode {
        let (count, table) = try await offPool { [wish] in
            let name = try QuarantineOverview(of: project).table(wish.table).table
            return (try Quarantine.discard(wish.about(name), in: project), name)
        }
        if asJSON {
            try console.print(jsonText(["discarded": count]))
        } else {
            console.note("quarantine.\(table): \(RowCount(count).spoken) discarded")
        }
        return .success
    }
}

extension Replay {
    /// The same wish, about a table as it is called.
    func about(_ table: String) -> Replay { Replay(table, run: run, rules: rules, mended: mended) }
}

/// What `quarantine TABLE --json` prints.
private struct QuarantineFacts: Encodable {
    let table: QuarantinedTable
    let groups: [QuarantinedGroup]

    func encode(to encoder: any Encoder) throws {
        try table.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(groups, forKey: .groups)
    }

    enum CodingKeys: String, CodingKey { case groups }
}

/// Rows put aside as a person reads of them.
private struct QuarantineText {
    private let console: Console

    /// Longer values and lines are cut: they are shown here, not kept.
    private static let shownLength = 100

    init(_ console: Console) { self.console = console }

    func print(_ tables: [QuarantinedTable]) throws {
        if tables.isEmpty { return console.note("no row was ever put aside") }
        let names = ["table", "open", "replayed", "discarded", "superseded", "rules", "last run"]
        let columns = names.map {
            ResultTable.Column(
                name: $0,
                alignsRight: ["open", "replayed", "discarded", "superseded"].contains($0),
                isWhole: $0 == "last run"
            )
        }
        try console.print(
            table: columns,
            tables.map { table in
                [
                    table.table, RowCount(table.open).description, RowCount(table.replayed).description,
                    RowCount(table.discarded).description, RowCount(table.superseded).description,
                    table.rules.joined(separator: ", "), table.lastRun ?? "",
                ]
            }
        )
    }

    func print(_ table: QuarantinedTable, _ groups: [QuarantinedGroup]) throws {
        var head = StyledLine("quarantine.\(table.table)", .bold)
        head.add(": \(RowCount(table.open).spoken) open")
        if table.replayed > 0 { head.add(", \(RowCount(table.replayed)) replayed") }
        if table.discarded > 0 { head.add(", \(RowCount(table.discarded)) discarded") }
        if table.superseded > 0 { head.add(", \(RowCount(table.superseded)) superseded") }
        try print(head)
        for group in groups { try print(group) }
        if table.open > 0 {
            console.note("\nwhen the rule or the data is mended: pintail replay \(table.table)")
        }
    }

    private func print(_ group: QuarantinedGroup) throws {
        try console.print("")
        var line = StyledLine(group.column.map { "\($0) (\(group.rule))" } ?? group.rule, .bold)
        line.add(": \(RowCount(group.rows).spoken)")
        if let node = group.node { line.add(", put aside by \(node)") }
        let runs = group.firstRun == group.lastRun ? group.lastRun : "\(group.firstRun) to \(group.lastRun)"
        line.add(column: "run \(runs)", .dim)
        try print(line)
        for row in group.samples {
            var line = StyledLine("  ")
            if let place = row.place { line.add(place + "  ", .cyan) }
            line.add(row.reason)
            if let raw = row.raw { line.add(column: Self.cut(raw), .dim) }
            try print(line)
        }
        if group.rows > group.samples.count, !group.samples.isEmpty {
            try print(StyledLine("  and \(RowCount(group.rows - group.samples.count)) more", .dim))
        }
    }

    func print(_ rows: [QuarantinedRow]) throws {
        let columns = ["place", "column", "rule", "value", "reason", "raw", "run"].map {
            ResultTable.Column(name: $0, alignsRight: false)
        }
        try console.print(
            table: columns,
            rows.map { [$0.place ?? "", $0.column ?? "", $0.rule, $0.value, $0.reason, $0.raw, $0.run] }
        )
    }

    private func print(_ line: StyledLine) throws {
        try console.print(
            line.text(console.output.palette, width: console.output.isTerminal ? console.output.width : nil)
        )
    }

    private static func cut(_ text: String) -> String {
        text.count > shownLength ? text.prefix(shownLength - 1) + "…" : text
    }
}
