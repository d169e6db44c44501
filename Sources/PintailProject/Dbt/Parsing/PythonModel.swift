import Jinja

/// What a Python model says of itself: `dbt.ref`, `dbt.source` and `dbt.config`, read from its text.
///
/// Pintail does not run Python; what such a model reads and is called is known all the same.
enum PythonModel {
    /// The calls with constant arguments, in the order of the text.
    static func recording(of code: String) -> Recording {
        var recording = Recording()
        var asked: (names: [ConfigValue], fallbacks: [ConfigValue]) = ([], [])
        for call in calls(in: Array(code.utf8)) {
            let written = "{{ \(call.name)\(call.arguments) }}"
            guard let template = try? Template(written, in: DbtTemplates.parsing),
                let arguments = template.calls(of: [call.name]).first?.arguments
            else { continue }
            if call.name == "get" {
                asked.names.append(arguments.positional.first.map { ConfigValue($0) } ?? .null)
                asked.fallbacks.append(arguments.positional.dropFirst().first.map { ConfigValue($0) } ?? .null)
            } else {
                note(call.name, arguments, in: &recording)
            }
        }
        if !asked.names.isEmpty {
            recording.configs.append([
                "config_keys_used": .list(asked.names), "config_keys_defaults": .list(asked.fallbacks),
                "meta_keys_used": [], "meta_keys_defaults": [],
            ])
        }
        return recording
    }

    private static func note(_ name: String, _ arguments: Arguments, in recording: inout Recording) {
        let words = arguments.positional.compactMap(\.asString)
        switch name {
        case "ref":
            guard let last = words.last else { return }
            let version = arguments.named("version") ?? arguments.named("v")
            recording.refs.append(
                RefCall(
                    last,
                    package: words.count > 1 ? words[0] : nil,
                    version: version.map { ConfigValue($0) } ?? .null
                )
            )
        case "source": if words.count == 2 { recording.sources.append(words) }
        default:
            recording.configs.append(ConfigObject(arguments.keyword.map { ($0.name, ConfigValue($0.value)) }))
        }
    }

    private static let names = ["ref", "source", "config", "config.get"]

    private static func calls(in code: [UInt8]) -> [(name: String, arguments: String)] {
        var calls: [(name: String, arguments: String)] = []
        var place = 0
        while place < code.count {
            if let end = skipped(code, place) {
                place = end
                continue
            }
            let name = names.first { code[place...].starts(with: "dbt.\($0)(".utf8) }
            let isWord = place > 0 && (isLetter(code[place - 1]) || code[place - 1] == UInt8(ascii: "."))
            if let name, !isWord {
                let start = place + 4 + name.utf8.count
                let end = closing(code, start)
                calls.append((name == "config.get" ? "get" : name, String(decoding: code[start..<end], as: UTF8.self)))
            }
            place += 1
        }
        return calls
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }

    /// Behind the bracket that closes the one at `start`.
    private static func closing(_ code: [UInt8], _ start: Int) -> Int {
        var depth = 0
        var place = start
        while place < code.count {
            if let end = skipped(code, place) {
                place = end
                continue
            }
            if "([{".utf8.contains(code[place]) { depth += 1 }
            if ")]}".utf8.contains(code[place]) { depth -= 1 }
            place += 1
            if depth == 0 { return place }
        }
        return code.count
    }

    /// Behind the comment or text that begins at `place`; nil where none does.
    private static func skipped(_ code: [UInt8], _ place: Int) -> Int? {
        let first = code[place]
        if first == UInt8(ascii: "#") { return code[place...].firstIndex(of: 0x0A) ?? code.count }
        guard first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") else { return nil }
        let isLong = code[place...].starts(with: [first, first, first])
        let mark = [UInt8](repeating: first, count: isLong ? 3 : 1)
        var next = place + mark.count
        while next < code.count, !code[next...].starts(with: mark) {
            next += code[next] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(code.count, next + mark.count)
    }
}
