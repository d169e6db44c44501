import FoundationEssentials
import Jinja
import PintailProject

/// Runs a model's SQL on rows that are written down, and compares what comes out.
struct UnitTestRun {
    let world: BuildWorld
    let test: UnitTestNode
    let warehouse: Warehouse

    /// Judges the model; blocks.
    func run(_ result: inout DbtResult) throws {
        guard let id = test.dependsOnNodes.first, let model = world.manifest.nodes[id] else {
            throw StepError("the unit test '\(test.name)' is of the model '\(test.model)', which does not exist")
        }
        var node = model
        node.alias = test.name
        node.config = try config()
        let names = NodeNames(world, model, warehouse)
        names.overriddenVars = test.overrides["vars"].object ?? [:]
        var expressions: [CommonTableExpressions.Expression] = []
        var own: Relation?
        for given in test.given {
            let fixture = try fixture(given, of: model)
            if let id = fixture.id { names.substitutes[id] = fixture.relation } else { own = fixture.relation }
            expressions.append(
                CommonTableExpressions.Expression(
                    id: fixture.id ?? "",
                    name: fixture.relation.identifier ?? "",
                    sql: fixture.sql
                )
            )
        }
        let context = try context(model, node, names)
        defer { context.close() }
        defer { if warehouse.isInTransaction { warehouse.rollback() } }
        override(context)
        let probe = context.node.this
        if let own { context.node.this = own }
        let template = try Template(model)
        let compiled = try context.compile(template)
        // The model's own first, the others in the order in which it reads them, and only what it reads.
        let read = names.substituted.compactMap { id in expressions.first { $0.id == id } }
        let sql = CommonTableExpressions.adding(expressions.filter { $0.id.isEmpty } + read, to: compiled)
        context.node.this = probe
        // Names were remembered: from here on `this` is another.
        context.close()
        context.node.compiledSQL = sql
        result.compiled = sql
        _ = try context.materialize()
        if case .object(let object)? = context.results["main"]?.response, let response = object as? AdapterResponse {
            result.response = response.facts
        }
        guard let table = context.results["main"]?.table else { throw StepError("the unit test answered with nothing") }
        judge(table, &result)
    }

    private func config() throws -> ConfigObject {
        var config: ConfigObject = ["materialized": "unit", "tags": test.config["tags"] ?? []]
        let expected = try rows(test.expect)
        switch expected {
        case .sql(let sql):
            config["expected_rows"] = []
            config["expected_sql"] = .string(sql)
        case .rows(let rows):
            config["expected_rows"] = .list((rows ?? []).map { .object($0) })
            config["expected_sql"] = .null
        }
        return config
    }

    private func context(_ model: Node, _ node: Node, _ names: NodeNames) throws -> RunContext {
        guard case .dict(let dict) = GraphValue.value(of: ArtifactEntry.bytes(of: node)) else {
            preconditionFailure("a node's entry is an object")
        }
        let config = node.config.templateDict
        // The model's template asks for the model's own configuration.
        for (key, value) in model.config where config[key] == nil { config[key] = value.templateValue }
        dict["config"] = .dict(config)
        var world = world.world
        if let given = test.overrides["env_vars"].object {
            let real = world.environment
            world.environment = { given[$0]?.plainText ?? real($0) }
        }
        var this = Relation(of: model)
        this.identifier = model.alias
        return RunContext(
            world,
            NodeScope(package: model.package, model: dict, config: config, this: this),
            warehouse,
            names
        )
    }

    /// Macros that answer with a value that is written down.
    private func override(_ context: RunContext) {
        for (name, value) in test.overrides["macros"].object ?? [:] {
            let function: Value = .function(name) { _, _ in value.templateValue }
            context.node.extra[name] = function
            // `package.macro` is meant wherever that package's macro is called.
            let parts = name.split(separator: ".").map(String.init)
            guard parts.count == 2 else { continue }
            if let entry = world.world.macros.macro(parts[1], ofNamespace: parts[0]) {
                context.replace(entry, by: function)
            }
        }
    }

    // MARK: Fixtures

    private struct Fixture {
        /// The node or source it stands for; nil for the model's own relation.
        let id: String?
        let relation: Relation
        let sql: String
    }

    private enum Rows {
        /// Nil where none are given: a seed's own are meant.
        case rows([ConfigObject]?)
        case sql(String)
    }

    private func fixture(_ given: UnitTestNode.Rows, of model: Node) throws -> Fixture {
        let (id, original, name) = try input(given.input ?? "this", of: model)
        let sql: String
        switch try rows(given) {
        case .sql(let text): sql = text
        case .rows(let rows): sql = try literalRows(rows ?? seedRows(id), original, model, name)
        }
        var relation = Relation(database: nil, schema: nil, identifier: "__dbt__cte__\(name)", kind: .cte)
        relation.quoted.identifier = false
        return Fixture(id: id, relation: relation, sql: sql)
    }

    /// What an input names.
    func input(_ text: String, of model: Node) throws -> (id: String?, relation: Relation, name: String) {
        if text == "this" { return (nil, Relation(of: model), model.alias) }
        var found: (String?, Relation, String)?
        let (world, package) = (world, model.package)
        let ref: Value = .function("ref") { arguments, _ in
            let names = try arguments.positional.map { try $0.text }
            let version = (arguments.named("version") ?? arguments.named("v")).map { ConfigValue($0) } ?? .null
            let call = RefCall(names.last ?? "", package: names.count == 2 ? names[0] : nil, version: version)
            if case .found(let id) = world.index.resolve(call, from: package), let node = world.manifest.nodes[id] {
                found = (id, Relation(of: node), node.name)
            }
            return ""
        }
        let source: Value = .function("source") { arguments, _ in
            let names = try arguments.positional.map { try $0.text }
            if case .found(let id) = world.index.resolve(source: names, from: package),
                let source = world.manifest.sources[id]
            {
                found = (id, Relation(of: source), source.sourceName + "__" + source.name)
            }
            return ""
        }
        let globals: [String: Value] = ["ref": ref, "source": source]
        _ = try Template("{{ \(text) }}", name: test.location.file, in: DbtEnvironment.sql).render(in: globals)
        guard let found else {
            throw StepError("the unit test '\(test.name)' gives rows for \(text), which the project does not have")
        }
        return found
    }

    /// `SELECT … UNION ALL SELECT …`, typed as the relation is that the rows stand for.
    private func literalRows(_ rows: [ConfigObject], _ relation: Relation, _ model: Node, _ name: String) throws
        -> String
    {
        let names = NodeNames(world, model, warehouse)
        let known = DictObject()
        known["name"] = .string(relation.identifier ?? "")
        let scope = NodeScope(package: model.package, model: known, config: DictObject(), this: relation)
        let context = RunContext(world.world, scope, warehouse, names)
        defer { context.close() }
        context.node.extra["fixture_rows"] = .list(of: rows.map { .dict($0.templateDict) })
        let template = try Template(
            "{{ get_fixture_sql(fixture_rows, none) }}",
            name: test.location.file,
            in: DbtEnvironment.sql
        )
        return try context.compile(template)
    }

    private func rows(_ given: UnitTestNode.Rows) throws -> Rows {
        let text = try given.rows.string ?? given.fixture.map(fixtureFile)
        switch given.format {
        case "sql": return .sql(text ?? "")
        case "csv":
            return .rows(Self.rows(Array((text ?? "").utf8), delimiter: ","))
        default:
            guard !given.rows.isNull else { return .rows(nil) }
            return .rows(given.rows.items.compactMap(\.object))
        }
    }

    private static func rows(_ bytes: [UInt8], delimiter: String) -> [ConfigObject] {
        var reader = CSVRows(bytes, delimiter: delimiter.utf8.first ?? UInt8(ascii: ","))
        let names = reader.next() ?? []
        var rows: [ConfigObject] = []
        while let row = reader.next() {
            rows.append(ConfigObject(zip(names, row).map { ($0, $1.isEmpty ? .null : .string($1)) }))
        }
        return rows
    }

    /// The rows of a seed's file.
    private func seedRows(_ id: String?) throws -> [ConfigObject] {
        guard let seed = id.flatMap({ world.manifest.nodes[$0] }), seed.kind == .seed else { return [] }
        let path = (seed.rootPath ?? world.project.root.directory) + "/" + seed.originalFilePath
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StepError("cannot read the seed's file \(path)")
        }
        return Self.rows(Array(data), delimiter: seed.config["delimiter"]?.string ?? ",")
    }

    private func fixtureFile(_ name: String) throws -> String {
        let package = world.project.packages.first { $0.name == test.package } ?? world.project.root
        for folder in package.testPaths {
            for ending in ["csv", "sql"] {
                let path = "\(package.directory)/\(folder)/fixtures/\(name).\(ending)"
                if let data = FileManager.default.contents(atPath: path) {
                    return String(decoding: data, as: UTF8.self)
                }
            }
        }
        throw StepError(
            "the unit test '\(test.name)' names the fixture '\(name)', which does not exist",
            hint: "put it into \(package.testPaths.first ?? "tests")/fixtures/\(name).csv"
        )
    }

    // MARK: Verdict

    private func judge(_ table: ResultTable, _ result: inout DbtResult) {
        let marker = table.names.firstIndex(of: "actual_or_expected") ?? table.names.count - 1
        var (actual, expected): ([[String]], [[String]]) = ([], [])
        for row in table.rows {
            let cells = row.indices.filter { $0 != marker }.map { row[$0].isNone ? "NULL" : (try? row[$0].text) ?? "" }
            if row[marker].asString == "actual" { actual.append(cells) } else { expected.append(cells) }
        }
        let (surplus, missing) = (Self.rows(actual, without: expected), Self.rows(expected, without: actual))
        result.failures = surplus.isEmpty && missing.isEmpty ? 0 : 1
        guard result.failures == 1 else {
            result.status = .pass
            return
        }
        let names = table.names.indices.filter { $0 != marker }.map { table.names[$0] }
        let lines =
            [["", names.joined(separator: ", ")].joined(separator: "  ")]
            + missing.map { "- " + $0.joined(separator: ", ") } + surplus.map { "+ " + $0.joined(separator: ", ") }
        result.status = .fail
        result.message =
            "actual differs from expected (- is missing, + was not expected)\n" + lines.joined(separator: "\n")
    }

    /// The rows of one list that another does not have, as often as they are missing there.
    private static func rows(_ rows: [[String]], without others: [[String]]) -> [[String]] {
        var counts: [[String]: Int] = [:]
        for row in others { counts[row, default: 0] += 1 }
        return rows.filter { row in
            guard let count = counts[row], count > 0 else { return true }
            counts[row] = count - 1
            return false
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
