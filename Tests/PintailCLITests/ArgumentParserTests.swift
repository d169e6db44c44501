import Testing

@testable import PintailCLI

@Suite struct `Command lines` {
    private static let specs = [
        CommandSpec(
            "move",
            .work,
            "Move things",
            arguments: [Argument("FROM", "Where from"), Argument("TO", "Where to", .any)],
            options: [
                .flag("fast", short: "f", "Hurry"),
                .value("mode", short: "m", "MODE", .choice(["soft", "hard"]), "How"),
                .value("count", "N", .count, "How often"), .list("only", short: "o", "NAME", .text, "Which"),
                .list("set", "K=V", .pair, "What to set"), .value("room", "AMOUNT", .bytes, "How much"),
            ]
        ),
        CommandSpec("look", .look, "Look around", arguments: [Argument("WHERE", "Where", .optional)]),
    ]

    private static func parse(_ words: [String]) throws(UsageError) -> ArgumentParser.Request {
        try ArgumentParser(specs).parse(words)
    }

    private static func option(_ name: String) -> PintailCLI.Option {
        (specs[0].allOptions.first { $0.name == name }) ?? .flag("missing", "")
    }

    /// Words, the arguments among them, and the options in a fixed order: name=value|value.
    @Test(arguments: [
        (["move", "a"], ["a"], []),
        (["move", "--fast", "a", "b", "c"], ["a", "b", "c"], ["fast="]),
        (["move", "-f", "a"], ["a"], ["fast="]),
        (["move", "a", "--mode", "hard"], ["a"], ["mode=hard"]),
        (["move", "a", "--mode=hard"], ["a"], ["mode=hard"]),
        (["move", "a", "-m", "hard"], ["a"], ["mode=hard"]),
        (["move", "a", "-mhard"], ["a"], ["mode=hard"]),
        (["move", "a", "-m=hard"], ["a"], ["mode=hard"]),
        (["move", "a", "-fm", "hard"], ["a"], ["fast=", "mode=hard"]),
        (["move", "a", "--mode", "soft", "--mode", "hard"], ["a"], ["mode=soft|hard"]),
        (["move", "a", "--only", "x", "y", "--fast"], ["a"], ["fast=", "only=x|y"]),
        (["move", "a", "--only", "x", "--only", "y"], ["a"], ["only=x|y"]),
        (["move", "--only=x", "a"], ["a"], ["only=x"]),
        (["move", "--only", "x", "--", "a"], ["a"], ["only=x"]),
        (["move", "--set", "k=1", "l=2", "a"], ["a"], ["set=k=1|l=2"]),
        (["move", "--set", "k=1", "data/x=1.csv"], ["data/x=1.csv"], ["set=k=1"]),
        (["move", "--set=k=a=b", "a"], ["a"], ["set=k=a=b"]),
        (["move", "a", "--", "--fast", "-m"], ["a", "--fast", "-m"], []),
        (["move", "-", "b"], ["-", "b"], []),
        (["move", "a", "--count", "0"], ["a"], ["count=0"]),
        (["move", "a", "--mode", "soft", "--only", "-1"], ["a"], ["mode=soft", "only=-1"]),
        (["move", "a", "--room", "1.5GB"], ["a"], ["room=1.5GB"]),
        (["-q", "move", "a"], ["a"], ["quiet="]),
        (["-C", "x", "move", "a", "--quiet"], ["a"], ["quiet=", "project=x"]),
        (["--project=x", "move", "--", "a"], ["a"], ["project=x"]),
        (["--", "move", "a"], ["a"], []),
    ])
    func `words are taken apart`(words: [String], arguments: [String], options: [String]) throws {
        guard case .run("move", let parsed) = try Self.parse(words) else {
            Issue.record("nothing is run")
            return
        }
        let names = ["fast", "quiet", "project", "mode", "count", "only", "set", "room"]
        let given = names.map(Self.option).filter(parsed.has).map {
            $0.name + "=" + parsed.all($0).joined(separator: "|")
        }
        #expect(parsed.words == arguments)
        #expect(given == options)
    }

    @Test(arguments: [
        (["--help"], ArgumentParser.Request.help(command: nil)), (["-h"], .help(command: nil)),
        (["help"], .help(command: nil)),
        (["help", "move"], .help(command: "move")), (["move", "--help"], .help(command: "move")),
        (["move", "-h", "a", "b"], .help(command: "move")), (["--version"], .version), (["-V"], .version),
    ])
    func `help and version are asked for in several ways`(words: [String], request: ArgumentParser.Request) throws {
        #expect(try Self.parse(words) == request)
    }

    @Test func `values are read as what they are`() throws {
        guard
            case .run(_, let parsed) = try Self.parse([
                "move", "a", "--count", "12", "--room", "2GiB", "--set", "k=1", "k=2",
            ])
        else {
            return
        }
        #expect(parsed.count(Self.option("count")) == 12)
        #expect(parsed.bytes(Self.option("room")) == 2_147_483_648)
        #expect(parsed.pairs(Self.option("set")) == ["k": "2"])
    }

    /// What is wrong, and the way out.
    @Test(arguments: [
        ([], "a command is missing", "see 'pintail --help'"),
        (["mvoe"], "'mvoe' is not a command", "did you mean 'move'?"),
        (["zzz"], "'zzz' is not a command", "see 'pintail --help'"),
        (["help", "lok"], "'lok' is not a command", "did you mean 'look'?"),
        (["--qiet", "look"], "--qiet is not an option", "did you mean '--quiet'?"),
        (["move", "a", "--fats"], "--fats is not an option of 'pintail move'", "did you mean '--fast'?"),
        (["move", "a", "-z"], "-z is not an option of 'pintail move'", "see 'pintail move --help'"),
        (["move", "a", "-fz"], "-z is not an option of 'pintail move'", "see 'pintail move --help'"),
        (["move"], "FROM is missing", "see 'pintail move --help'"),
        (["look", "a", "b"], "there is no place for 'b'", "see 'pintail look --help'"),
        (["move", "a", "--mode"], "--mode needs a value: --mode MODE", "see 'pintail move --help'"),
        (["move", "a", "--mode", "--fast"], "--mode needs a value: --mode MODE", "see 'pintail move --help'"),
        (["move", "a", "--mode", "sotf"], "--mode cannot be 'sotf'", "did you mean 'soft'?"),
        (["move", "a", "--mode", "x"], "--mode cannot be 'x'", "it can be soft, hard"),
        (["move", "a", "--fast=yes"], "--fast takes no value, but was given 'yes'", "see 'pintail move --help'"),
        (["move", "a", "-f=yes"], "--fast takes no value, but was given 'yes'", "see 'pintail move --help'"),
        (["move", "a", "--count", "many"], "--count must be a whole number, not 'many'", "see 'pintail move --help'"),
        (
            ["move", "a", "--room", "big"], "--room must be an amount as 500MB or 2GiB, not 'big'",
            "see 'pintail move --help'"
        ),
        (["move", "a", "--set", "x"], "--set takes name=value, not 'x'", "see 'pintail move --help'"),
        (["move", "a", "--set", "=x"], "--set takes name=value, not '=x'", "see 'pintail move --help'"),
    ])
    func `a mistake is named with its way out`(words: [String], message: String, hint: String) {
        let error = #expect(throws: UsageError.self) { try Self.parse(words) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
    }

    @Test(arguments: [
        ["run", "a.yml"], ["run", "it's", "two words", ""], ["run", "--vars=a=$b", "ü", "*", "\\", "tab\there"],
    ])
    func `a command line kept as text is the same when it is read again`(words: [String]) {
        #expect(CommandLineText.split(CommandLineText.joined(words)) == words)
    }
}
