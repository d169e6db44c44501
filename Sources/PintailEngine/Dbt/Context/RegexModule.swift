import Jinja

/// `modules.re` over Swift's regular expressions, whose syntax is Python's for all that templates use.
enum RegexModule {
    static var value: Value {
        let module = DictObject()
        for (name, bit) in [("IGNORECASE", 2), ("I", 2), ("MULTILINE", 8), ("M", 8), ("DOTALL", 16), ("S", 16)] {
            module[name] = .integer(bit)
        }
        for name in ["match", "search", "fullmatch", "findall", "split", "sub", "escape", "compile"] {
            module[name] = .function(name) { arguments, interpreter in
                try call(name, arguments, interpreter)
            }
        }
        return .dict(module)
    }

    private static func call(_ name: String, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let pattern = try arguments[0, "pattern"]?.text ?? ""
        switch name {
        case "escape": return .string(escaped(pattern))
        case "compile":
            let flags = arguments[1, "flags"] ?? 0
            let compiled = DictObject()
            for method in ["match", "search", "fullmatch", "findall", "split", "sub"] {
                compiled[method] = .function(method) { given, interpreter in
                    var all = Arguments([.string(pattern)] + given.positional, keyword: given.keyword)
                    all.keyword.append(("flags", flags))
                    return try call(method, all, interpreter)
                }
            }
            compiled["pattern"] = .string(pattern)
            return .dict(compiled)
        case "sub":
            return try substituted(pattern, arguments, interpreter)
        default: break
        }
        let regex = try self.regex(pattern, arguments[2, "flags"])
        let text = try arguments[1, "string"]?.text ?? ""
        switch name {
        case "match": return try regex.prefixMatch(in: text).map { found($0, text) } ?? .none
        case "fullmatch": return try regex.wholeMatch(in: text).map { found($0, text) } ?? .none
        case "search": return try regex.firstMatch(in: text).map { found($0, text) } ?? .none
        case "findall":
            return .list(
                of: text.matches(of: regex).map { match in
                    let groups = groups(match)
                    return groups.isEmpty
                        ? .string(String(text[match.range])) : groups.count == 1 ? groups[0] : .tuple(groups)
                }
            )
        default: return split(text, regex)
        }
    }

    private static func regex(_ pattern: String, _ flags: Value?) throws -> Regex<AnyRegexOutput> {
        let bits = flags?.asInteger ?? 0
        // Python writes named groups `(?P<name>…)`.
        let spelled = pattern.split(separator: "(?P<", omittingEmptySubsequences: false).joined(separator: "(?<")
        do {
            return try Regex(spelled).ignoresCase(bits & 2 != 0).anchorsMatchLineEndings(bits & 8 != 0)
                .dotMatchesNewlines(bits & 16 != 0).matchingSemantics(.unicodeScalar)
        } catch {
            throw TemplateError(.value, "'\(pattern)' is no regular expression: \(error)")
        }
    }

    private static func groups(_ match: Regex<AnyRegexOutput>.Match) -> [Value] {
        match.output.dropFirst().map { $0.substring.map { .string(String($0)) } ?? .none }
    }

    private static func found(_ match: Regex<AnyRegexOutput>.Match, _ text: String) -> Value {
        let whole = Value.string(String(text[match.range]))
        let groups = groups(match)
        var named: [String: Value] = [:]
        for element in match.output {
            if let name = element.name {
                named[name] = element.substring.map { Value.string(String($0)) } ?? Value.none
            }
        }
        let start = text.unicodeScalars.distance(from: text.startIndex, to: match.range.lowerBound)
        let end = text.unicodeScalars.distance(from: text.startIndex, to: match.range.upperBound)
        let object = DictObject()
        object["group"] = .function("group") { arguments, _ in
            func group(_ key: Value) throws -> Value {
                if let name = key.asString, let value = named[name] { return value }
                guard let place = key.asInteger, place >= 0, place <= groups.count else {
                    throw TemplateError(.index, "no such group")
                }
                return place == 0 ? whole : groups[place - 1]
            }
            if arguments.positional.count > 1 { return .tuple(try arguments.positional.map(group)) }
            return try group(arguments.positional.first ?? 0)
        }
        object["groups"] = .function("groups") { _, _ in .tuple(groups) }
        object["groupdict"] = .function("groupdict") { _, _ in
            let dict = DictObject()
            for (name, value) in named { dict[name] = value }
            return .dict(dict)
        }
        object["start"] = .function("start") { _, _ in .integer(start) }
        object["end"] = .function("end") { _, _ in .integer(end) }
        object["span"] = .function("span") { _, _ in .tuple([.integer(start), .integer(end)]) }
        return .dict(object)
    }

    private static func substituted(_ pattern: String, _ arguments: Arguments, _ interpreter: Interpreter) throws
        -> Value
    {
        let regex = try regex(pattern, arguments[4, "flags"])
        let text = try arguments[2, "string"]?.text ?? ""
        let most = arguments[3, "count"]?.asInteger ?? 0
        let replacement = arguments[1, "repl"] ?? ""
        var result = ""
        var place = text.startIndex
        for (number, match) in text.matches(of: regex).enumerated() where most == 0 || number < most {
            result += text[place..<match.range.lowerBound]
            if let template = replacement.asString {
                result += expanded(template, String(text[match.range]), groups(match))
            } else {
                result += try interpreter.call(replacement, Arguments([found(match, text)])).text
            }
            place = match.range.upperBound
        }
        return .string(result + text[place...])
    }

    /// `\1` and `\g<1>` of a replacement.
    private static func expanded(_ template: String, _ whole: String, _ groups: [Value]) -> String {
        var result = ""
        var rest = template[...]
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            var digits = ""
            if next.isNumber {
                digits = String(next)
            } else if next == "g", rest.first == "<", let end = rest.firstIndex(of: ">") {
                digits = String(rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            }
            guard let number = Int(digits) else {
                result += next == "n" ? "\n" : next == "t" ? "\t" : String(next)
                continue
            }
            result += number == 0 ? whole : number <= groups.count ? groups[number - 1].asString ?? "" : ""
        }
        return result
    }

    private static func split(_ text: String, _ regex: Regex<AnyRegexOutput>) -> Value {
        var parts: [Value] = []
        var place = text.startIndex
        for match in text.matches(of: regex) {
            parts.append(.string(String(text[place..<match.range.lowerBound])))
            parts += groups(match)
            place = match.range.upperBound
        }
        return .list(of: parts + [.string(String(text[place...]))])
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"
            return isPlain ? String(scalar) : "\\" + String(scalar)
        }.joined()
    }
}
