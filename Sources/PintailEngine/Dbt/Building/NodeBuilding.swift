import DuckDB
import Jinja
import PintailOrchestrator
import PintailProject

/// The life of one node: compiled, materialized with its hooks, judged.
struct NodeBuilding {
    let world: BuildWorld
    let node: Node
    let warehouse: Warehouse
    /// Takes what its templates warn of; without it that is printed.
    var warn: ((String) -> Void)?

    /// Does what the run's verb wants of the node; blocks.
    ///
    /// The result is filled in as far as it goes, so that what is known of a failure is kept.
    func run(_ result: inout DbtResult) throws -> RowCount? {
        result.relationName = toldRelation
        try refuseForeignLanguage()
        try world.audits.place(of: node.uniqueID)?.prepare(continuing: isContinued, warehouse)
        if world.options.verb != .compile, world.options.verb != .clone, MicrobatchBuilding.isMeant(node) {
            try MicrobatchBuilding(world: world, node: node, warehouse: warehouse).run(&result)
            return nil
        }
        let compilation = NodeCompilation(world: world, node: node, warehouse: warehouse)
        let (context, names) = try compilation.context()
        context.tellWarning = warn
        defer {
            names.leave()
            context.close()
        }
        defer { settle() }
        defer { context.draft?.drop() }
        let began = Timestamp.now
        if world.options.verb == .clone {
            prepareClone(context)
        } else if node.kind != .seed {
            let (sql, expressions) = try compilation.compile(context, names)
            result.expressions = expressions
            keep(world.audits.place(of: node.uniqueID)?.published(sql) ?? sql, &result)
        }
        let compiled = Timestamp.now
        result.timings = [DbtResult.Timing(name: "compile", started: began, completed: compiled)]
        guard world.options.verb != .compile else { return nil }
        defer {
            result.timings.append(DbtResult.Timing(name: "execute", started: compiled, completed: .now))
            if !context.written.isEmpty {
                result.buildPath = world.artifacts.write(context.written, of: node, in: "run")
            }
        }
        if node.kind == .test, let answer = try sharedAnswer() {
            context.write(answer.sql)
            result.response = AdapterResponse(message: "OK", rowsAffected: .none).facts
            try judge(ResultTable(answer), &result)
            return nil
        }
        _ = try context.materialize()
        if let files = context.publication { world.audits.note(files, of: node.uniqueID) }
        let main = context.results["main"]
        if case .object(let object)? = main?.response, let response = object as? AdapterResponse {
            result.response = response.facts
            result.message = response.message
        }
        if node.kind == .test {
            try judge(main?.table, &result)
            return nil
        }
        guard main != nil || world.options.verb == .clone else {
            throw StepError(
                "the materialization '\(node.materialization)' runs no statement named 'main'",
                hint: "call its statement by {% call statement('main') %}"
            )
        }
        return main?.response.rowsAffected
    }

    /// Keeps the SQL that was made of the template.
    private func keep(_ sql: String, _ result: inout DbtResult) {
        result.compiled = sql
        result.compiledPath = world.artifacts.write(sql, of: node, in: "compiled")
    }

    private func judge(_ table: ResultTable?, _ result: inout DbtResult) throws {
        try TestVerdict(node, world.options).judge(table, &result)
        // What was judged is about to have its real name, unless the test failed: then its rows are still to be seen there.
        guard result.status != .fail, let (_, place) = world.audits.judged(by: node.uniqueID) else { return }
        keep(place.published(result.compiled ?? ""), &result)
    }

    /// What a scan shared with other tests says of this one.
    private func sharedAnswer() throws -> SharedScans.Answer? {
        try world.scans.answer(for: node.uniqueID) { ids in
            try TestScan(world: world, warehouse: warehouse).answers(for: ids)
        }
    }

    /// Whether the node adds to what is there: what is not known to begin anew may do so.
    private var isContinued: Bool {
        guard !["table", "view", "seed"].contains(node.materialization) else { return false }
        return !(node.config["full_refresh"]?.bool ?? world.options.isFullRefresh)
    }

    /// The relation that results name: of what was compiled and is made.
    private var toldRelation: String? {
        switch node.kind {
        case .test: storesFailures ? node.relationName ?? Relation(of: node).sql : nil
        case .seed: nil
        case .model where node.isEphemeral: nil
        default: node.relationName
        }
    }

    private var storesFailures: Bool { node.config["store_failures"]?.bool ?? world.options.storesFailures }

    /// A clone is built of the relation that an earlier run made, whatever the node itself is.
    private func prepareClone(_ context: RunContext) {
        context.node.config["materialized"] = "clone"
        context.node.extra["defer_relation"] =
            world.deferred[node.uniqueID].map { Jinja.Value.object(RelationObject($0)) } ?? Jinja.Value.none
    }

    private func refuseForeignLanguage() throws {
        guard node.language == "python" else { return }
        throw StepError(
            "model '\(node.name)' is written in Python, which is not run here",
            hint: "write it in SQL; everything that does not read it is built"
        )
    }

    /// Nothing stays open behind a node.
    private func settle() {
        guard warehouse.isInTransaction else { return }
        if node.kind == .test {
            do { try warehouse.commit() } catch { warehouse.rollback() }
        } else {
            warehouse.rollback()
        }
    }
}

extension ResultTable {
    /// An answer as the test's own query would give it.
    fileprivate convenience init(_ answer: SharedScans.Answer) {
        self.init(
            ["failures", "should_warn", "should_error"],
            [.integer, .boolean, .boolean],
            [[.integer(answer.failures), .bool(answer.isWarning), .bool(answer.isError)]]
        )
    }
}

extension AdapterResponse {
    /// As `run_results.json` has it.
    var facts: ConfigObject {
        var facts: ConfigObject = ["_message": .string(message)]
        guard let code = code.asString else { return facts }
        facts["code"] = .string(code)
        if let rows = rowsAffected.asInteger { facts["rows_affected"] = .integer(rows) }
        return facts
    }
}

extension Jinja.Value {
    fileprivate var rowsAffected: RowCount? {
        guard case .object(let object) = self, let response = object as? AdapterResponse,
            let rows = response.rowsAffected.asInteger, rows > 0
        else { return nil }
        return RowCount(Int64(rows))
    }
}
