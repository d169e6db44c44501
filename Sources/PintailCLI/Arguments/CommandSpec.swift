/// What a command is called, takes and does: the one origin of its parsing, help, completions and reference page.
struct CommandSpec: Sendable {
    let name: String
    let group: CommandGroup
    /// One sentence without a full stop, starting with a verb.
    let summary: String
    /// Paragraphs under the summary: what the options cannot say.
    let discussion: [String]
    let arguments: [Argument]
    let options: [Option]
    let examples: [Example]

    init(
        _ name: String,
        _ group: CommandGroup,
        _ summary: String,
        discussion: [String] = [],
        arguments: [Argument] = [],
        options: [Option] = [],
        examples: [Example] = []
    ) {
        self.name = name
        self.group = group
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
    }

    /// A command line and what it does.
    struct Example: Sendable {
        let command: String
        let effect: String

        init(_ command: String, _ effect: String) {
            self.command = command
            self.effect = effect
        }
    }

    /// The command's own options and those that every command takes.
    var allOptions: [Option] { options + Option.global }
}

/// Under which heading `pintail --help` lists a command.
enum CommandGroup: String, CaseIterable, Sendable {
    case start = "Start"
    case work = "Move data"
    case look = "Look"
    case tools = "Set up"
}

/// A word that a command takes by its place.
struct Argument: Sendable {
    enum Count: Sendable {
        case one, optional, any
    }

    /// In capitals, as help prints it: `DIR`.
    let name: String
    let summary: String
    let count: Count
    let shape: ValueShape

    init(_ name: String, _ summary: String, _ count: Count = .one, _ shape: ValueShape = .text) {
        self.name = name
        self.summary = summary
        self.count = count
        self.shape = shape
    }
}

/// Something that a command takes by its name: a flag, or a name with one value or several.
struct Option: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case flag
        case value(String, ValueShape)
        /// May be given again, and takes every word up to the next option.
        case list(String, ValueShape)
    }

    /// Without its dashes.
    let name: String
    let short: Character?
    let kind: Kind
    let summary: String
    /// Whether it is taken for the sake of scripts that were written for dbt, and changes nothing.
    var isIdle = false

    /// An option that is given or not.
    static func flag(_ name: String, short: Character? = nil, _ summary: String) -> Option {
        Option(name: name, short: short, kind: .flag, summary: summary)
    }

    /// An option with a value; given twice, the last one counts.
    static func value(
        _ name: String,
        short: Character? = nil,
        _ placeholder: String,
        _ shape: ValueShape = .text,
        _ summary: String
    ) -> Option {
        Option(name: name, short: short, kind: .value(placeholder, shape), summary: summary)
    }

    /// An option with several values.
    static func list(
        _ name: String,
        short: Character? = nil,
        _ placeholder: String,
        _ shape: ValueShape = .text,
        _ summary: String
    ) -> Option {
        Option(name: name, short: short, kind: .list(placeholder, shape), summary: summary)
    }

    /// As it is written on a command line: `--full-refresh`.
    var dashed: String { "--" + name }

    /// What stands for the value in help; nil for a flag.
    var placeholder: String? {
        switch kind {
        case .flag: nil
        case .value(let placeholder, _): placeholder
        case .list(let placeholder, _): placeholder + "..."
        }
    }

    /// What the value must look like; nil for a flag.
    var shape: ValueShape? {
        switch kind {
        case .flag: nil
        case .value(_, let shape), .list(_, let shape): shape
        }
    }
}

/// What a value on the command line must look like, and what a shell can offer for it.
enum ValueShape: Hashable, Sendable {
    case text
    /// A whole number that is not negative.
    case count
    case choice([String])
    case file
    case directory
    /// `name=value`.
    case pair
    /// An amount of memory: `500MB`, `2GiB`.
    case bytes
}

extension ValueShape {
    /// One of the words of an enumeration.
    static func choice<Word: CaseIterable & RawRepresentable>(of _: Word.Type) -> ValueShape
    where Word.RawValue == String {
        .choice(Word.allCases.map(\.rawValue))
    }
}
