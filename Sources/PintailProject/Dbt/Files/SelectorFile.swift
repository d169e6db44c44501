import Jinja

/// A project's `selectors.yml`, with its templates rendered.
struct SelectorFile {
    /// What `--selector` can name.
    var selectors = NamedSelectors()
    /// The same as manifests keep it, by name.
    var entries: ConfigObject = [:]
    /// What is wrong or doubtful in it.
    var problems: [Diagnostic] = []

    init(_ files: ProjectFiles, _ rendering: ValueRenderer) {
        guard FileBytes.exists(files.root + "/selectors.yml") else { return }
        do throws(Diagnostics) {
            let root = try Self.rendered(files, rendering)
            selectors = try NamedSelectors(root: root)
            problems = selectors.warnings
            entries = SelectorEntries.entries(of: root)
        } catch {
            problems = error.all
        }
    }

    private static func rendered(_ files: ProjectFiles, _ rendering: ValueRenderer) throws(Diagnostics) -> ConfigNode {
        do throws(Diagnostic) {
            let document = try PropertyReader.read(try files.read("selectors.yml"))
            return try node(document.root, document, rendering)
        } catch {
            throw Diagnostics([error], in: files.root)
        }
    }

    private static func node(
        _ node: PropertyNode,
        _ document: PropertyDocument,
        _ rendering: ValueRenderer
    ) throws(Diagnostic) -> ConfigNode {
        let location = document.location(of: node)
        switch node.content {
        case .sequence(let items):
            var nodes: [ConfigNode] = []
            for item in items { nodes.append(try self.node(item, document, rendering)) }
            return ConfigNode(content: .sequence(nodes), location: location)
        case .mapping(let entries):
            var nodes: [ConfigEntry] = []
            for entry in entries {
                let value = try self.node(entry.value, document, rendering)
                nodes.append(ConfigEntry(key: entry.key, keyLocation: document.location(of: entry), value: value))
            }
            return ConfigNode(content: .mapping(nodes), location: location)
        case .scalar(let value):
            do throws(TemplateError) {
                let value = try rendering.render(value, name: document.file.path)
                return ConfigNode(content: content(value), location: location)
            } catch {
                throw Diagnostic(error, at: location)
            }
        }
    }

    private static func content(_ value: ConfigValue) -> ConfigNode.Content {
        switch value {
        case .null: .null
        case .bool(let flag): .scalar(.boolean(flag))
        case .integer(let number): .scalar(.integer(Int64(number)))
        case .double(let number): .scalar(.number(number))
        case .string, .list, .object: .scalar(.text(value.plainText))
        }
    }
}

/// The form in which manifests keep selectors: every short form is written out.
enum SelectorEntries {
    static func entries(of root: ConfigNode) -> ConfigObject {
        var entries: ConfigObject = [:]
        guard case .sequence(let items)? = root["selectors"]?.content else { return entries }
        for item in items {
            guard let name = item["name"]?.text else { continue }
            var entry = ConfigObject()
            for part in item.entries ?? [] {
                entry[part.key] = part.key == "definition" ? definition(part.value, entries) : value(part.value)
            }
            entries[name] = .object(entry)
        }
        return entries
    }

    private static func definition(_ node: ConfigNode, _ earlier: ConfigObject) -> ConfigValue {
        switch node.content {
        case .scalar(.text(let text)): return criterion(text)
        case .mapping(let entries):
            if let only = entries.first, entries.count == 1, only.key != "method" {
                switch only.key {
                case "union", "intersection", "exclude": return .object([only.key: list(only.value, earlier)])
                default: return ["method": .string(only.key), "value": value(only.value)]
                }
            }
            if node["method"]?.text == "selector", let name = node["value"]?.text {
                return earlier[name]?["definition"] ?? .null
            }
            var object = ConfigObject()
            for entry in entries {
                object[entry.key] = entry.key == "exclude" ? list(entry.value, earlier) : value(entry.value)
            }
            return .object(object)
        default: return value(node)
        }
    }

    private static func list(_ node: ConfigNode, _ earlier: ConfigObject) -> ConfigValue {
        guard case .sequence(let items) = node.content else { return value(node) }
        return .list(items.map { definition($0, earlier) })
    }

    /// `+tag:nightly` written out.
    private static func criterion(_ text: String) -> ConfigValue {
        guard let criterion = try? SelectorParser.criterion(text) else { return .string(text) }
        let method = ([criterion.method.rawValue] + criterion.arguments).joined(separator: ".")
        var object: ConfigObject = ["method": .string(method), "value": .string(criterion.value)]
        if criterion.isWithChildrensParents { object["childrens_parents"] = true }
        if case .none = criterion.parents {} else { object["parents"] = true }
        if case .steps(let steps) = criterion.parents { object["parents_depth"] = .integer(steps) }
        if case .none = criterion.children {} else { object["children"] = true }
        if case .steps(let steps) = criterion.children { object["children_depth"] = .integer(steps) }
        return .object(object)
    }

    private static func value(_ node: ConfigNode) -> ConfigValue {
        switch node.content {
        case .null: .null
        case .scalar(.text(let text)): .string(text)
        case .scalar(.integer(let number)): .integer(Int(number))
        case .scalar(.number(let number)): .double(number)
        case .scalar(.boolean(let flag)): .bool(flag)
        case .sequence(let items): .list(items.map(value))
        case .mapping(let entries): .object(ConfigObject(entries.map { ($0.key, value($0.value)) }))
        }
    }
}
