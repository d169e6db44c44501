/// `'{} {name:>5}'.format(...)`.
enum BraceFormat {
    static func format(_ template: String, _ arguments: Arguments) throws -> String {
        var formatting = Formatting(arguments: arguments)
        return try formatting.format(Array(template.unicodeScalars)[...], depth: 2)
    }

    private struct Formatting {
        let arguments: Arguments
        private var next = 0
        /// Whether fields are counted or numbered; nil before the first.
        private var isCounting: Bool?

        init(arguments: Arguments) { self.arguments = arguments }

        mutating func format(_ template: ArraySlice<Unicode.Scalar>, depth: Int) throws -> String {
            guard depth >= 0 else { throw TemplateError(.value, "Max string recursion exceeded") }
            var result = String.UnicodeScalarView()
            var rest = template
            while let scalar = rest.popFirst() {
                if scalar == "{" || scalar == "}", rest.first == scalar {
                    rest.removeFirst()
                    result.append(scalar)
                } else if scalar == "{" {
                    result.append(contentsOf: try field(&rest, depth: depth).unicodeScalars)
                } else if scalar == "}" {
                    throw TemplateError(.value, "Single '}' encountered in format string")
                } else {
                    result.append(scalar)
                }
            }
            return String(result)
        }

        private mutating func field(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) throws -> String {
            var open = 1
            var brackets = 0
            var name = rest[rest.startIndex..<rest.startIndex]
            var conversion: Unicode.Scalar?
            var spec = name
            let start = rest.startIndex
            var at = start
            while at < rest.endIndex, brackets > 0 || !"!:}".unicodeScalars.contains(rest[at]) {
                if rest[at] == "[" { brackets += 1 }
                if rest[at] == "]" { brackets -= 1 }
                at += 1
            }
            name = rest[start..<at]
            if at < rest.endIndex, rest[at] == "!" {
                guard at + 1 < rest.endIndex else { throw unclosed }
                conversion = rest[at + 1]
                at += 2
            }
            if at < rest.endIndex, rest[at] == ":" {
                at += 1
                let from = at
                while at < rest.endIndex {
                    if rest[at] == "{" { open += 1 }
                    if rest[at] == "}" {
                        open -= 1
                        if open == 0 { break }
                    }
                    at += 1
                }
                spec = rest[from..<at]
            }
            guard at < rest.endIndex, rest[at] == "}" else { throw unclosed }
            rest = rest[(at + 1)...]
            let value = try converted(try value(of: name), conversion)
            let text = try format(spec, depth: depth - 1)
            return try text.isEmpty ? value.text : FormatSpec(text).format(value)
        }

        private var unclosed: TemplateError { TemplateError(.value, "expected '}' before end of string") }

        private func converted(_ value: Value, _ conversion: Unicode.Scalar?) throws -> Value {
            switch conversion {
            case nil: value
            case "s": .string(try value.text)
            case "r", "a": .string(try value.repr)
            case .some(let letter):
                throw TemplateError(.value, "Unknown conversion specifier '\(letter)'")
            }
        }

        /// The argument that a field names, and what it names of it.
        private mutating func value(of field: ArraySlice<Unicode.Scalar>) throws -> Value {
            let head = field.prefix { $0 != "." && $0 != "[" }
            var rest = field.dropFirst(head.count)
            let name = String(String.UnicodeScalarView(head))
            var value = try argument(name)
            while let mark = rest.popFirst() {
                if mark == "." {
                    let part = rest.prefix { $0 != "." && $0 != "[" }
                    rest = rest.dropFirst(part.count)
                    value = try member(String(String.UnicodeScalarView(part)), of: value)
                } else {
                    let part = rest.prefix { $0 != "]" }
                    rest = rest.dropFirst(part.count + 1)
                    value = try item(String(String.UnicodeScalarView(part)), of: value)
                }
            }
            return value
        }

        private mutating func argument(_ name: String) throws -> Value {
            if let place = name.isEmpty ? next : Int(name) {
                if name.isEmpty { next += 1 }
                guard isCounting ?? name.isEmpty == name.isEmpty else {
                    let (from, to) =
                        name.isEmpty
                        ? ("manual field specification", "automatic field numbering")
                        : ("automatic field numbering", "manual field specification")
                    throw TemplateError(.value, "cannot switch from \(from) to \(to)")
                }
                isCounting = name.isEmpty
                guard arguments.positional.indices.contains(place) else {
                    throw TemplateError(
                        .index,
                        "Replacement index \(place) out of range for positional args tuple"
                    )
                }
                return arguments.positional[place]
            }
            guard let value = arguments.named(name) else { throw TemplateError(.key, ValuePrinter.quoted(name)) }
            return value
        }

        private func member(_ name: String, of value: Value) throws -> Value {
            if case .object(let object) = value, let member = try object.attribute(named: name) { return member }
            if let member = Methods.property(name, of: value) { return member }
            throw TemplateError(.attribute, "'\(value.typeName)' object has no attribute '\(name)'")
        }

        private func item(_ key: String, of value: Value) throws -> Value {
            let key: Value = Int(key).map { .integer($0) } ?? .string(key)
            guard let item = try Items.item(key, of: value) else {
                throw TemplateError(value.asString == nil ? .key : .index, try key.repr)
            }
            return item
        }
    }
}
