/// The candidate that differs least from `name`, if that is little: one change in three letters.
func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let ranked = candidates.sorted().map { ($0, changes(from: wanted, to: Array($0.unicodeScalars.prefix(64)))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= max(1, (wanted.count + 1) / 3) && best.1 < wanted.count ? best.0 : nil
}

/// Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
private func changes(from left: [Unicode.Scalar], to right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
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
