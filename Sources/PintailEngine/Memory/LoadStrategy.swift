public import PintailOrchestrator
package import PintailProject

/// How extracted rows enter the database.
public enum LoadStrategy: String, Hashable, Sendable, CaseIterable {
    /// A table in the database: read once, scanned as often as needed.
    case eager
    /// A view: only the columns and rows in use are read, each time.
    case lazy
    /// Batches go from the source to the sink, each committed with its position.
    case streaming
}

/// A strategy with the numbers and the reason it was chosen for.
package struct LoadStrategyDecision: Hashable, Sendable {
    /// What was chosen.
    package let strategy: LoadStrategy
    /// What the table takes in memory when it is eager; `nil` when nobody can tell.
    package let needed: Bytes?
    /// What may be used.
    package let safe: Bytes
    /// Why, in a few words: `needs about 312 MB of 11.2 GB that are safe to use (ratio 0.03)`.
    package let reason: String
    /// What the user should hear: a strategy that was asked for and cannot be had.
    package let warning: String?

    /// Share of the safe memory that the table needs.
    package var ratio: Double? { needed.map { Self.ratio(of: $0, to: safe) } }

    /// Whether the rows are stored, and come to no more than may be used.
    var storesWhatFits: Bool { strategy == .eager && ratio.map { $0 <= 1 } ?? false }

    fileprivate static func ratio(of needed: Bytes, to safe: Bytes) -> Double {
        Double(needed.count) / Double(max(1, safe.count))
    }
}

extension LoadStrategy {
    /// Up to this share of the safe memory a table is eager: DuckDB needs the rest for joins and sorts over it.
    package static let eagerRatio = 0.65
    /// Up to this ratio a view is worth it: of a source twice the memory, few queries read more than half.
    package static let lazyRatio = 2.0

    /// Chooses by the ratio of what is needed to what is safe, unless one was asked for.
    ///
    /// - Parameters:
    ///   - isReadOnce: Whether storing the rows spares nobody a second reading.
    ///   - excluded: Strategies that the source rules out, each with the reason:
    ///     `[.lazy: "standard input can be read only once"]`.
    package static func choose(
        needed: Bytes?,
        safe: Bytes,
        asked: LoadStrategyChoice = .auto,
        isReadOnce: Bool = false,
        excluded: [LoadStrategy: String] = [:]
    ) -> LoadStrategyDecision {
        let measured = byRatio(needed, safe)
        let isSpared = asked == .auto && isReadOnce && measured == .eager
        let numbers = (isSpared ? "read once; " : "") + describe(needed, safe, isTold: asked.strategy == nil)
        let wish = asked.strategy ?? (isSpared ? .lazy : measured)
        let chosen = firstPossible(wish, excluded)
        let obstacle = chosen == wish ? nil : excluded[wish]
        let why =
            switch (asked.strategy, obstacle) {
            case (.some(let wish), .some(let obstacle)): "'\(wish.rawValue)' was asked for, but \(obstacle); \(numbers)"
            case (.some, nil): "asked for; \(numbers)"
            case (nil, .some(let obstacle)): "\(numbers); not \(wish.rawValue): \(obstacle)"
            case (nil, nil): numbers
            }
        return LoadStrategyDecision(
            strategy: chosen,
            needed: needed,
            safe: safe,
            reason: why,
            warning: asked.strategy.flatMap { wish in
                obstacle.map {
                    "strategy '\(wish.rawValue)' cannot be used: \($0); '\(chosen.rawValue)' is used instead"
                }
            }
        )
    }

    private static func byRatio(_ needed: Bytes?, _ safe: Bytes) -> LoadStrategy {
        guard let needed else { return .lazy }
        let ratio = LoadStrategyDecision.ratio(of: needed, to: safe)
        return ratio <= eagerRatio ? .eager : ratio <= lazyRatio ? .lazy : .streaming
    }

    /// The strategy itself, or the next one that asks less of memory, or eager: DuckDB spills what does not fit.
    private static func firstPossible(_ wish: LoadStrategy, _ excluded: [LoadStrategy: String]) -> LoadStrategy {
        let order: [LoadStrategy] =
            switch wish {
            case .eager: [.eager, .lazy, .streaming]
            case .lazy: [.lazy, .streaming, .eager]
            case .streaming: [.streaming, .lazy, .eager]
            }
        return order.first { excluded[$0] == nil } ?? .eager
    }

    /// - Parameter isTold: whether somebody wants to know what is needed; it is not looked at otherwise.
    private static func describe(_ needed: Bytes?, _ safe: Bytes, isTold: Bool) -> String {
        guard let needed else {
            return (isTold ? "how much it needs cannot be told; " : "") + "\(safe) are safe to use"
        }
        let ratio = LoadStrategyDecision.ratio(of: needed, to: safe)
        return "needs about \(needed) of \(safe) that are safe to use (ratio \(hundredths(ratio)))"
    }

    /// A number with two digits after the point.
    private static func hundredths(_ value: Double) -> String {
        guard value < 1e9 else { return "over 1000000000" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension LoadStrategyDecision: CustomStringConvertible {
    /// `eager: needs about 312 MB of 11.2 GB that are safe to use (ratio 0.03)`.
    package var description: String { "\(strategy.rawValue): \(reason)" }

    /// The decision as a fact of its node, for the run store, `--json` and `--explain`.
    package var fact: JSONValue {
        [
            "name": .string(strategy.rawValue), "reason": .string(reason),
            "needed": needed.map { .integer($0.count) } ?? .null, "available": .integer(safe.count),
            "ratio": ratio.map { .number($0) } ?? .null,
        ]
    }
}

extension NodeResult {
    /// How an extract's rows entered the database; `nil` for other steps.
    public var strategy: LoadStrategy? {
        guard case .object(let fact)? = facts["strategy"], case .string(let name)? = fact["name"] else { return nil }
        return LoadStrategy(rawValue: name)
    }
}

extension LoadStrategyChoice {
    fileprivate var strategy: LoadStrategy? { LoadStrategy(rawValue: rawValue) }
}
