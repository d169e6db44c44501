import Jinja

/// `modules.re`.
enum RegexModule {
    static var value: Value {
        let module = DictObject()
        for (names, bit) in [
            (["IGNORECASE", "I"], 2), (["LOCALE", "L"], 4), (["MULTILINE", "M"], 8), (["DOTALL", "S"], 16),
            (["UNICODE", "U"], 32), (["VERBOSE", "X"], 64), (["ASCII", "A"], 256), (["NOFLAG"], 0),
        ] {
            for name in names { module[name] = .integer(bit) }
        }
        for name in RegexPattern.methods {
            module[name] = .function(name) { arguments, interpreter in
                let pattern = try RegexPattern(arguments[0, "pattern"], flags(of: name, arguments))
                let rest = Arguments(Array(arguments.positional.dropFirst()), keyword: arguments.keyword)
                return try pattern.callMethod(name, rest, in: interpreter)
            }
        }
        module["compile"] = .function("compile") { arguments, _ in
            .object(try RegexPattern(arguments[0, "pattern"], arguments[1, "flags"]))
        }
        module["escape"] = .function("escape") { arguments, _ in
            .string(escaped(try arguments[0, "pattern"]?.text ?? ""))
        }
        module["purge"] = .function("purge") { _, _ in .none }
        return .dict(module)
    }

    private static func flags(of name: String, _ arguments: Arguments) -> Value? {
        arguments[name == "sub" || name == "subn" ? 4 : name == "split" ? 3 : 2, "flags"]
    }

    private static let special = Set("()[]{}?*+-|^$\\.&~# \t\n\r\u{B}\u{C}".unicodeScalars)

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { special.contains($0) ? "\\" + String($0) : String($0) }.joined()
    }
}

/// A pattern that was compiled.
final class RegexPattern: JinjaObject {
    let regex: PythonRegex

    init(_ pattern: Value?, _ flags: Value?) throws {
        if case .object(let object)? = pattern, let known = object as? RegexPattern {
            regex = known.regex
        } else {
            regex = try PythonRegex(pattern?.text ?? "", PythonRegex.Flags(rawValue: flags?.asInteger ?? 0))
        }
    }

    static let methods = ["match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"]

    var typeName: String { "Pattern" }
    func repr() throws -> String { "re.compile(\(try Value.string(regex.pattern).repr))" }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "pattern": return .string(regex.pattern)
        case "flags": return .integer(regex.flags.rawValue | 32)
        case "groups": return .integer(regex.groupCount)
        case "groupindex":
            let dict = DictObject()
            for (name, group) in regex.names { dict[name] = .integer(group) }
            return .dict(dict)
        default: break
        }
        guard Self.methods.contains(name) else { return nil }
        return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
    }

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        if name == "sub" || name == "subn" {
            let (text, count) = try substituted(arguments, interpreter)
            return name == "sub" ? .string(text) : .tuple([.string(text), .integer(count)])
        }
        guard let given = arguments[0, "string"]?.asString else {
            throw TemplateError(.type, "expected string or bytes-like object")
        }
        let text = given.unicodeScalars.map(\.value)
        func match(_ extent: PythonRegex.Extent) throws -> Value {
            try regex.find(in: text, extent).map { .object(RegexMatch(regex, $0, text)) } ?? .none
        }
        switch name {
        case "match": return try match(.atStart)
        case "fullmatch": return try match(.whole)
        case "search": return try match(.anywhere)
        case "findall": return .list(of: try regex.all(in: text).map { RegexMatch(regex, $0, text).listed })
        case "finditer":
            return .list(of: try regex.all(in: text).map { .object(RegexMatch(regex, $0, text)) })
        default: return try split(text, most: arguments[1, "maxsplit"]?.asInteger ?? 0)
        }
    }

    private func split(_ text: [UInt32], most: Int) throws -> Value {
        var parts: [Value] = []
        var place = 0
        for found in try regex.all(in: text, most: most == 0 ? Int.max : most) {
            parts.append(.string(RegexMatch.string(text[place..<found.start])))
            parts += RegexMatch(regex, found, text).groups(.none)
            place = found.end
        }
        return .list(of: parts + [.string(RegexMatch.string(text[place...]))])
    }

    private func substituted(_ arguments: Arguments, _ interpreter: Interpreter) throws -> (String, Int) {
        let text = try (arguments[1, "string"]?.text ?? "").unicodeScalars.map(\.value)
        let most = arguments[2, "count"]?.asInteger ?? 0
        let replacement = arguments[0, "repl"] ?? ""
        var result = ""
        var place = 0
        let all = try regex.all(in: text, most: most == 0 ? Int.max : most)
        for found in all {
            let match = RegexMatch(regex, found, text)
            result += RegexMatch.string(text[place..<found.start])
            if let template = replacement.asString {
                result += try match.expanded(template)
            } else {
                result += try interpreter.call(replacement, Arguments([.object(match)])).text
            }
            place = found.end
        }
        return (result + RegexMatch.string(text[place...]), all.count)
    }
}

/// What a pattern found.
final class RegexMatch: JinjaObject {
    private let regex: PythonRegex
    private let found: PythonRegex.Found
    private let text: [UInt32]

    init(_ regex: PythonRegex, _ found: PythonRegex.Found, _ text: [UInt32]) {
        self.regex = regex
        self.found = found
        self.text = text
    }

    static func string(_ scalars: ArraySlice<UInt32>) -> String {
        var view = String.UnicodeScalarView()
        for scalar in scalars { if let scalar = Unicode.Scalar(scalar) { view.append(scalar) } }
        return String(view)
    }

    var typeName: String { "Match" }
    func repr() throws -> String {
        "<re.Match object; span=(\(found.start), \(found.end)), match=\(try group(0, .none).repr)>"
    }
    func item(for key: Value) throws -> Value? { group(try number(of: key), .none) }

    /// As `findall` lists it: the whole, the only group, or all of them.
    var listed: Value {
        let groups = groups("")
        return groups.isEmpty ? group(0, "") : groups.count == 1 ? groups[0] : .tuple(groups)
    }

    func groups(_ missing: Value) -> [Value] {
        regex.groupCount == 0 ? [] : (1...regex.groupCount).map { group($0, missing) }
    }

    private func group(_ number: Int, _ missing: Value) -> Value {
        let range = number == 0 ? found.start..<found.end : found.group(number)
        return range.map { .string(Self.string(text[$0])) } ?? missing
    }

    private func number(of key: Value) throws -> Int {
        if let name = key.asString, let known = regex.names.first(where: { $0.name == name }) { return known.group }
        guard let number = key.asInteger, number >= 0, number <= regex.groupCount else {
            throw TemplateError(.index, "no such group")
        }
        return number
    }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "string": return .string(Self.string(text[...]))
        case "pos": return 0
        case "endpos": return .integer(text.count)
        case "group", "groups", "groupdict", "start", "end", "span", "expand":
            return .function(name) { arguments, interpreter in try self.callMethod(name, arguments, in: interpreter) }
        default: return nil
        }
    }

    func callMethod(_ name: String, _ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
        switch name {
        case "group":
            let wanted = try arguments.positional.map { group(try number(of: $0), .none) }
            return wanted.count > 1 ? .tuple(wanted) : wanted.first ?? group(0, .none)
        case "groups": return .tuple(groups(arguments[0, "default"] ?? .none))
        case "groupdict":
            let dict = DictObject()
            for (name, number) in regex.names { dict[name] = group(number, arguments[0, "default"] ?? .none) }
            return .dict(dict)
        case "start", "end", "span":
            let number = try arguments.positional.first.map { try self.number(of: $0) } ?? 0
            let range = number == 0 ? found.start..<found.end : found.group(number) ?? -1 ..< -1
            let (start, end) = (Value.integer(range.lowerBound), Value.integer(range.upperBound))
            return name == "start" ? start : name == "end" ? end : .tuple([start, end])
        case "expand": return .string(try expanded(try arguments[0, "template"]?.text ?? ""))
        default: return try interpreter.call(interpreter.attribute(name, of: .object(self)), arguments)
        }
    }

    /// A replacement with `\1`, `\g<1>` and `\g<name>` filled in.
    func expanded(_ template: String) throws -> String {
        guard template.utf8.contains(UInt8(ascii: "\\")) else { return template }
        var result = ""
        var rest = template[...]
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            if next == "g", rest.first == "<", let end = rest.firstIndex(of: ">") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
                result += try group(self.number(of: Int(name).map { .integer($0) } ?? .string(name)), "").text
            } else if let digit = next.wholeNumberValue, digit > 0 {
                var number = digit
                if let second = rest.first?.wholeNumberValue {
                    number = number * 10 + second
                    rest.removeFirst()
                }
                result += try group(self.number(of: .integer(number)), "").text
            } else {
                let named: [Character: String] = [
                    "n": "\n", "t": "\t", "r": "\r", "f": "\u{C}", "v": "\u{B}", "0": "\0",
                ]
                result += named[next] ?? (next == "\\" ? "\\" : "\\" + String(next))
            }
        }
        return result
    }
}
