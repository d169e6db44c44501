/// What dbt calls generic tests.
enum TestNames {
    /// The names of a test: the whole one, and one that is short enough for a file.
    static func names(
        _ test: String,
        namespace: String?,
        isOfSource: Bool,
        target: String,
        arguments: ConfigObject
    ) -> (full: String, short: String) {
        var kind = isOfSource ? "source_" + test : test
        if let namespace { kind = namespace + "_" + kind }
        let stem = kind + "_" + target
        let parts = arguments.keys.filter { $0 != "model" }.sorted().flatMap { texts(arguments[$0] ?? .null) }
        let full = stem + "_" + parts.map(cleaned).joined(separator: "__")
        guard full.unicodeScalars.count >= longest else { return (full, full) }
        return (full, String(String.UnicodeScalarView(stem.unicodeScalars.prefix(30))) + "_" + Digest.md5(full.utf8))
    }

    /// Names of this length and more are cut.
    private static let longest = 64

    private static func texts(_ value: ConfigValue) -> [String] {
        switch value {
        case .list(let items): items.map(\.plainText)
        case .object(let object): object.values.map(\.plainText)
        default: [value.plainText]
        }
    }

    /// Every run of what is no letter, digit or underscore becomes one underscore.
    private static func cleaned(_ text: String) -> String {
        var cleaned: [UInt8] = []
        var isGap = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F:
                cleaned.append(byte)
                isGap = false
            default:
                if !isGap { cleaned.append(0x5F) }
                isGap = true
            }
        }
        return String(decoding: cleaned, as: UTF8.self)
    }

    /// The end of a test's unique id: what it is and of what, so that two tests of one name differ.
    static func fingerprint(name: String, _ test: TestMetadata) -> String {
        var facts: ConfigObject = ["kwargs": hashable(.object(test.arguments)), "name": .string(test.name)]
        facts["namespace"] = .string(test.namespace ?? "None")
        return String(Digest.md5((name + ConfigValue.object(facts).pythonText).utf8).suffix(10))
    }

    /// Keys sorted, and everything else a text.
    private static func hashable(_ value: ConfigValue) -> ConfigValue {
        switch value {
        case .object(let object):
            .object(ConfigObject(object.keys.sorted().map { ($0, hashable(object[$0] ?? .null)) }))
        case .list(let items): .list(items.map(hashable))
        default: .string(value.plainText)
        }
    }
}
