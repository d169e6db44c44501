/// Integers from one to another in equal steps.
final class RangeObject: JinjaObject {
    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    init(_ start: Int, _ stop: Int, _ step: Int) throws {
        guard step != 0 else { throw TemplateError(.value, "range() arg 3 must not be zero") }
        let (span, overflow) = (step > 0 ? stop : start).subtractingReportingOverflow(step > 0 ? start : stop)
        guard !overflow else { throw TemplateError(.overflow, "a range is too long") }
        self.start = start
        self.stop = stop
        self.step = step
        count = span <= 0 ? 0 : Int((UInt(span) - 1) / step.magnitude) + 1
    }

    subscript(_ place: Int) -> Int? { place >= 0 && place < count ? start + place * step : nil }

    var typeName: String { "range" }
    func iterate() throws -> ValueCursor? { ValueCursor(self) }
    func length() throws -> Int? { count }
    func repr() throws -> String { step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))" }

    func item(for key: Value) throws -> Value? {
        guard let place = key.asInteger else { return nil }
        return self[place < 0 ? place + count : place].map { .integer($0) }
    }

    func contains(_ value: Value) throws -> Bool? {
        guard let number = value.asInteger else { return count < 1_000_000 ? nil : false }
        return step > 0
            ? number >= start && number < stop && (number - start) % step == 0
            : number <= start && number > stop && (start - number) % -step == 0
    }

    func isEqual(to other: Value) -> Bool {
        guard case .object(let object) = other, let other = object as? RangeObject else { return false }
        return count == other.count && (count == 0 || start == other.start) && (count < 2 || step == other.step)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(count) }

    func attribute(named name: String) throws -> Value? {
        switch name {
        case "start": .integer(start)
        case "stop": .integer(stop)
        case "step": .integer(step)
        default: nil
        }
    }
}
