/// "did you mean 'customers'?", when one of the names is near enough to be meant.
package func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String? {
    nearest(to: name, among: candidates).map { "did you mean '\($0)'?" }
}

/// The candidate that differs least from `name`, if that is little: one change in three letters, or an ending.
package func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let allowed = max(1, (wanted.count + 1) / 3)
    let ranked = candidates.sorted().map { candidate in
        (candidate, distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(64))))
    }
    if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= allowed, best.1 < wanted.count { return best.0 }
    return ranked.map(\.0).first { candidate in
        let shared = zip(wanted, candidate.lowercased().unicodeScalars).prefix { $0 == $1 }.count
        return shared >= 4 && shared + 2 >= min(wanted.count, candidate.unicodeScalars.count)
    }
}

/// Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
            var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforePrevious[column - 1] + 1)
            }
            current.append(best)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}
