import Postgres

extension PostgresType {
    /// The type that holds what this one holds and what `other` holds; `nil` when that is this one, or there is none.
    func widened(for other: PostgresType) -> PostgresType? {
        let wider: PostgresType? =
            switch (self, other) {
            case (.real, .double), (.smallint, .real), (.smallint, .double), (.integer, .real), (.integer, .double):
                .double
            case (.date, .timestamp), (.date, .timestampWithZone): other
            case (.numeric, _), (_, .numeric): withDigits(of: other)
            default: wholeNumber(for: other)
            }
        return wider == self ? nil : wider
    }

    /// The bigger of two whole numbers.
    private func wholeNumber(for other: PostgresType) -> PostgresType? {
        let order: [PostgresType] = [.smallint, .integer, .bigint]
        guard let own = order.firstIndex(of: self), let wanted = order.firstIndex(of: other) else { return nil }
        return order[max(own, wanted)]
    }

    /// A number with as many digits on both sides of the point as either has.
    private func withDigits(of other: PostgresType) -> PostgresType? {
        guard let own = digits, let wanted = other.digits else { return nil }
        guard let whole = own.whole, let otherWhole = wanted.whole else { return .anyNumeric }
        let scale = max(own.scale, wanted.scale)
        return .numeric(precision: max(whole, otherWhole) + scale, scale: scale)
    }

    /// Digits before the point (`nil` for any number of them) and after it.
    private var digits: (whole: Int?, scale: Int)? {
        switch self {
        case .smallint: (5, 0)
        case .integer: (10, 0)
        case .bigint: (19, 0)
        case .numeric(nil, _): (nil, 0)
        case .numeric(let precision?, let scale): (precision - scale, scale)
        default: nil
        }
    }
}
