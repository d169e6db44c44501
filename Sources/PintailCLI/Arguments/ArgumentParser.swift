import PintailProject

/// Takes command lines apart by what the commands declare.
///
/// Options may stand anywhere: `--name value`, `--name=value`, `-n value`, `-nvalue`, and flags together as `-qh`; after
/// `--` every word is an argument, and `-` alone always is one.
struct ArgumentParser {
    /// What a command line asks for.
    enum Request: Hashable {
        case run(command: String, ParsedArguments)
        /// Help for a command, or for the whole program.
        case help(command: String?)
        case version
    }

    private let specs: [CommandSpec]
    /// Options that may stand before the command too, as dbt's may.
    private let leading: [Option]
    /// Other names of commands.
    private let aliases: [String: String]

    init(_ specs: [CommandSpec], leading: [Option] = [], aliases: [String: String] = [:]) {
        self.specs = specs
        self.leading = leading
        self.aliases = aliases
    }

    /// Understands the words after the program's name.
    func parse(_ words: [String]) throws(UsageError) -> Request {
        var scan = Scan(words: words[...])
        // Before the command only what every command takes is known.
        try scan.run(options: Option.global + [.version] + leading, stopsAtWord: true)
        guard let name = scan.parsed.words.popLast() else {
            if scan.parsed.has(.help) { return .help(command: nil) }
            if scan.parsed.has(.version) { return .version }
            throw UsageError(.missingCommand)
        }
        if name == "help" {
            guard let topic = scan.words.first else { return .help(command: nil) }
            return .help(command: try named(topic).name)
        }
        let spec = try named(name)
        do {
            try check(scan.parsed, givenBefore: spec)
            try scan.run(options: spec.allOptions, stopsAtWord: false)
            if scan.parsed.has(.help) { return .help(command: name) }
            try check(scan.parsed.words, against: spec.arguments)
        } catch {
            var error = error
            error.command = name
            throw error
        }
        return .run(command: spec.name, scan.parsed)
    }

    /// Refuses what stood before a command that takes none of it; one that takes some passes over the others.
    private func check(_ parsed: ParsedArguments, givenBefore spec: CommandSpec) throws(UsageError) {
        let known = Set(spec.allOptions.map(\.name))
        guard !leading.contains(where: { known.contains($0.name) }) else { return }
        for option in leading where parsed.has(option) && !known.contains(option.name) {
            throw UsageError(.unknownOption(option.dashed))
        }
    }

    private func named(_ name: String) throws(UsageError) -> CommandSpec {
        let wanted = aliases[name] ?? name
        guard let spec = specs.first(where: { $0.name == wanted }) else {
            throw UsageError(.unknownCommand(name), nearest: nearest(to: name, among: specs.map(\.name)))
        }
        return spec
    }

    private func check(_ words: [String], against arguments: [Argument]) throws(UsageError) {
        var rest = words[...]
        for argument in arguments {
            switch argument.count {
            case .any:
                for word in rest { try argument.shape.check(word, of: argument.name) }
                return
            case .one where rest.isEmpty: throw UsageError(.missingArgument(argument.name))
            case .one, .optional:
                if let word = rest.popFirst() { try argument.shape.check(word, of: argument.name) }
            }
        }
        if let extra = rest.first { throw UsageError(.unexpectedArgument(extra)) }
    }
}

/// A walk over the words of a command line.
private struct Scan {
    var words: ArraySlice<String>
    var parsed = ParsedArguments()

    init(words: ArraySlice<String>) { self.words = words }

    /// Takes words until none is left, or until the first argument is taken.
    mutating func run(options: [Option], stopsAtWord: Bool) throws(UsageError) {
        while let word = words.popFirst() {
            if word == "--" {
                parsed.words += stopsAtWord ? Array(words.prefix(1)) : Array(words)
                words = stopsAtWord ? words.dropFirst() : []
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2), options)
                continue
            } else if word.hasPrefix("-"), word != "-" {
                try takeShort(word.dropFirst(), options)
                continue
            } else {
                parsed.words.append(word)
            }
            if stopsAtWord { return }
        }
    }

    private mutating func takeLong(_ text: Substring, _ options: [Option]) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = options.first(where: { $0.name == parts[0] }) else {
            let near = nearest(to: parts[0], among: options.map(\.name)).map { "--" + $0 }
            throw UsageError(.unknownOption("--" + parts[0]), nearest: near)
        }
        try take(option, attached: parts.count == 2 ? parts[1] : nil)
    }

    private mutating func takeShort(_ text: Substring, _ options: [Option]) throws(UsageError) {
        var rest = text
        while let letter = rest.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw UsageError(.unknownOption("-" + String(letter)))
            }
            guard option.kind != .flag else {
                if rest.first == "=" { throw UsageError(.unexpectedValue(option, String(rest.dropFirst()))) }
                parsed.add(nil, to: option)
                continue
            }
            if rest.first == "=" { rest.removeFirst() }
            return try take(option, attached: rest.isEmpty ? nil : String(rest))
        }
    }

    private mutating func take(_ option: Option, attached: String?) throws(UsageError) {
        switch option.kind {
        case .flag:
            if let attached { throw UsageError(.unexpectedValue(option, attached)) }
            parsed.add(nil, to: option)
        case .value(_, let shape):
            try add(attached, to: option, shape)
        case .list(_, let shape):
            try add(attached, to: option, shape)
            // What follows `--name=value` is not its own: that form is how to give just one.
            guard attached == nil else { return }
            while let word = words.first, shape.goesOn(with: word) {
                words.removeFirst()
                try add(word, to: option, shape)
            }
        }
    }

    private mutating func next(_ option: Option) throws(UsageError) -> String {
        guard let word = words.first, word == "-" || !word.hasPrefix("-") || Self.isNumber(word) else {
            throw UsageError(.missingValue(option))
        }
        words.removeFirst()
        return word
    }

    /// Whether a word is a number below zero and no option: `--limit -1`.
    private static func isNumber(_ word: String) -> Bool { Int(word) != nil }

    /// Takes the value that is attached to the option, or the next word.
    private mutating func add(_ attached: String?, to option: Option, _ shape: ValueShape) throws(UsageError) {
        let value = if let attached { attached } else { try next(option) }
        try shape.check(value, of: option.dashed)
        parsed.add(value, to: option)
    }
}

extension ValueShape {
    /// Whether a word after a list's values is one more of them.
    fileprivate func goesOn(with word: String) -> Bool {
        guard !word.hasPrefix("-") else { return false }
        // `--types age=int64 data.csv`: a path is no pair, and one with `=` in it has a slash before it.
        if self == .pair { return ParsedArguments.pair(word).map { !$0.0.contains("/") } ?? false }
        return true
    }

    /// Refuses a value that is not of this shape.
    fileprivate func check(_ value: String, of name: String) throws(UsageError) {
        switch self {
        case .text, .file, .directory: return
        case .count:
            guard let number = Int(value), number >= 0 else { throw UsageError(.notACount(value, of: name)) }
        case .choice(let choices):
            guard choices.contains(value) else {
                throw UsageError(.notAChoice(value, of: name, choices), nearest: nearest(to: value, among: choices))
            }
        case .bytes:
            guard ParsedArguments.bytes(value) != nil else { throw UsageError(.notBytes(value, of: name)) }
        case .pair:
            guard ParsedArguments.pair(value) != nil else { throw UsageError(.notAPair(value, of: name)) }
        }
    }
}
