/// What a call was given: by place and by name.
package struct Arguments {
    /// By place.
    package var positional: [Value]
    /// By name, in the order given.
    package var keyword: [(name: String, value: Value)]

    /// Arguments by place and by name.
    package init(_ positional: [Value] = [], keyword: [(name: String, value: Value)] = []) {
        self.positional = positional
        self.keyword = keyword
    }

    /// Whether nothing was given.
    package var isEmpty: Bool { positional.isEmpty && keyword.isEmpty }

    /// The argument given by this name.
    package func named(_ name: String) -> Value? { keyword.first { $0.name == name }?.value }

    /// The argument at a place or, failing that, by a name.
    package subscript(_ place: Int, _ name: String) -> Value? {
        place < positional.count ? positional[place] : named(name)
    }

    /// Puts every argument in its parameter's place, or fails as a call in Python fails.
    ///
    /// - Parameters:
    ///   - function: what messages call the function.
    ///   - parameters: names in order, those that may be left out ending in `?`.
    /// - Returns: one entry a parameter, nil where nothing was given.
    package func bound(_ function: String, _ parameters: String...) throws -> [Value?] {
        try bound(function, parameters)
    }

    func bound(_ function: String, _ parameters: [String]) throws -> [Value?] {
        guard positional.count <= parameters.count else {
            throw TemplateError(
                .type,
                "\(function)() takes \(parameters.count) positional arguments but \(positional.count) were given"
            )
        }
        var values: [Value?] = positional
        values += repeatElement(nil, count: parameters.count - positional.count)
        for (name, value) in keyword {
            guard let place = parameters.firstIndex(where: { $0 == name || $0.dropLast() == name && $0.last == "?" })
            else {
                throw TemplateError(.type, "\(function)() got an unexpected keyword argument '\(name)'")
            }
            guard values[place] == nil else {
                throw TemplateError(.type, "\(function)() got multiple values for argument '\(name)'")
            }
            values[place] = value
        }
        for (name, value) in zip(parameters, values) where value == nil && name.last != "?" {
            throw TemplateError(.type, "\(function)() missing 1 required positional argument: '\(name)'")
        }
        return values
    }
}
