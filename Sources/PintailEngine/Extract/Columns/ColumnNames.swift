import PintailProject

/// Settles what a table's columns are called.
enum ColumnNames {
    /// Names that are all there and all different, as DuckDB compares them: without regard to case.
    ///
    /// A nameless column is called by its place, `column3`; the second `id` becomes `id_1`.
    static func unique(_ names: [String]) -> (names: [String], warnings: [String]) {
        var taken = Set(names.map { $0.lowercased() })
        var seen: Set<String> = []
        var warnings: [String] = []
        let unique = names.enumerated().map { index, name -> String in
            if !name.isEmpty, seen.insert(name.lowercased()).inserted { return name }
            let base = name.isEmpty ? "column\(index)" : name
            var candidate = base
            var number = 1
            while candidate.isEmpty || taken.contains(candidate.lowercased()) || seen.contains(candidate.lowercased()) {
                candidate = "\(base)_\(number)"
                number += 1
            }
            taken.insert(candidate.lowercased())
            seen.insert(candidate.lowercased())
            warnings.append(
                name.isEmpty
                    ? "column \(index + 1) has no name; it is called '\(candidate)'"
                    : "the name '\(name)' stands twice in the header; column \(index + 1) is called '\(candidate)'"
            )
            return candidate
        }
        return (unique, warnings)
    }

    /// The table's names for the source's columns.
    ///
    /// - Throws: ``Diagnostics`` when a column to rename is not there, or two columns would have one name.
    static func renamed(_ names: [String], by rename: Rename?, at locations: FieldLocations) throws -> [String] {
        guard let rename else { return names }
        let renamed =
            switch rename {
            case .lower: names.map { $0.lowercased() }
            case .upper: names.map { $0.uppercased() }
            case .capitalize: names.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            case .snake: names.map(snake)
            case .names(let map): try mapped(names, map, locations)
            }
        try checkDifferent(names, renamed, locations)
        return renamed
    }

    private static func mapped(_ names: [String], _ map: [String: String], _ locations: FieldLocations) throws
        -> [String]
    {
        let unknown = map.keys.filter { old in !names.contains { $0.lowercased() == old.lowercased() } }.sorted()
        guard unknown.isEmpty else {
            throw Diagnostics(
                unknown.map { old in
                    Diagnostic(
                        "the source has no column '\(old)' to rename",
                        at: locations["rename." + old],
                        hint: hint(for: old, among: names)
                    )
                }
            )
        }
        let lowered = Dictionary(map.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return names.map { map[$0] ?? lowered[$0.lowercased()] ?? $0 }
    }

    private static func checkDifferent(_ old: [String], _ new: [String], _ locations: FieldLocations) throws {
        let groups = Dictionary(grouping: zip(old, new)) { $0.1.lowercased() }.values.filter { $0.count > 1 }
        guard !groups.isEmpty else { return }
        throw Diagnostics(
            groups.map { group in
                Diagnostic(
                    "the columns \(group.map { "'\($0.0)'" }.joined(separator: " and ")) would both be called '\(group[0].1)'",
                    at: locations["rename"],
                    hint: "name them one by one: rename: {\(group[0].0): ...}"
                )
            }
        )
    }

    /// What was probably meant, or what there is.
    static func hint(for name: String, among names: [String]) -> String {
        if let best = nearest(to: name, among: names) { return "did you mean '\(best)'?" }
        let shown = names.prefix(12).joined(separator: ", ")
        return "its columns are \(shown)\(names.count > 12 ? ", …" : "")"
    }

    /// `customerID No.` as `customer_id_no`.
    static func snake(_ name: String) -> String {
        var words: [String] = []
        var word = ""
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            let previous = index > 0 ? characters[index - 1] : nil
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            let beginsWord =
                character.isUppercase
                && (previous?.isLowercase == true || previous?.isNumber == true
                    || (previous?.isUppercase == true && next?.isLowercase == true))
            if beginsWord, !word.isEmpty {
                words.append(word)
                word = ""
            }
            word += character.lowercased()
        }
        if !word.isEmpty { words.append(word) }
        return words.isEmpty ? name : words.joined(separator: "_")
    }
}
