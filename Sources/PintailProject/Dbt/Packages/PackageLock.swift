import Jinja

/// `package-lock.yml`: exactly which packages a project's requirements led to.
struct PackageLock {
    /// One package, pinned.
    struct Entry: Equatable {
        /// The name of its project, which is that of its folder.
        let name: String
        /// The keys that say where it is from, as in a requirement.
        let origin: ConfigObject
    }

    var entries: [Entry]
    /// The requirements that it was made of.
    var fingerprint: String

    static let file = "package-lock.yml"

    init(entries: [Entry], fingerprint: String) {
        self.entries = entries
        self.fingerprint = fingerprint
    }

    /// Reads a lock; nil where there is none, or none that can be understood: it is then made anew.
    init?(of folder: String, _ files: ProjectFiles) {
        guard FileBytes.exists(folder + "/" + Self.file), let file = try? files.read(folder + "/" + Self.file),
            let document = try? PropertyReader.read(file), let fingerprint = document.root["sha1_hash"]?.string
        else { return nil }
        var entries: [Entry] = []
        for item in document.root["packages"]?.items ?? [] {
            guard let object = item.value.object, let name = object["name"]?.string else { return nil }
            entries.append(Entry(name: name, origin: object))
        }
        self.init(entries: entries, fingerprint: fingerprint)
    }

    /// The file's text: keys by name, as dbt writes them.
    func text() throws -> String {
        var text = "packages:\n"
        for entry in entries {
            let facts = entry.origin.merging(["name": .string(entry.name)])
            for (place, key) in facts.keys.sorted().enumerated() {
                let line: ConfigObject = [key: facts[key] ?? .null]
                text += (place == 0 ? "  - " : "    ") + (try YAMLText.text(of: .dict(line.templateDict)))
            }
        }
        return text + "sha1_hash: \(fingerprint)\n"
    }

    /// What tells whether requirements have changed since a lock was made.
    static func fingerprint(of specs: [PackageSpec]) -> String {
        let texts = specs.map { PythonJSON.text(of: .object($0.canonical)) }
        return Digest.sha1(texts.sorted().joined(separator: "\n").utf8)
    }
}

/// JSON as Python's `json.dumps` writes it with sorted keys.
enum PythonJSON {
    static func text(of value: ConfigValue) -> String {
        var writer = JSONWriter()
        writer.value(sorted(value))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func sorted(_ value: ConfigValue) -> ConfigValue {
        switch value {
        case .list(let items): .list(items.map(sorted))
        case .object(let object): .object(ConfigObject(object.keys.sorted().map { ($0, sorted(object[$0] ?? .null)) }))
        default: value
        }
    }
}
