import DuckDB
import PintailProject

extension TextFormat {
    /// How the claim is judged on a column.
    func plan(
        _ subject: ClaimSubject,
        _ probes: inout [Probe]
    ) -> (PlannedClaim.Judgement, Breach) {
        let type = subject.column.type
        let breach: Breach = .be("no " + noun)
        if isSettled(by: type) { return (.settled(holds: true), breach) }
        // 20240131 came as a number.
        let isPatternOfDigits = pattern != nil && type.isInteger
        guard type.nature == .text || isPatternOfDigits else {
            return (.settled(holds: false), .be("\(type), not \(name)"))
        }
        if let pattern { probes.append(.dateForm(pattern)) }
        return (.rows("\(subject.name) IS NOT NULL AND NOT \(test(subject.text))"), breach)
    }

    /// What a value is that has the form.
    private var noun: String {
        switch self {
        case .email: "e-mail address"
        case .url: "URL"
        case .uuid: "UUID"
        case .ipv4: "IPv4 address"
        case .ipv6: "IPv6 address"
        case .ip: "IP address"
        case .hostname: "host name"
        case .json: "JSON"
        case .date(let pattern): "date" + Self.words(pattern, orElse: "YYYY-MM-DD")
        case .time: "time (HH:MM:SS)"
        case .datetime(let pattern): "date with a time" + Self.words(pattern, orElse: "YYYY-MM-DD HH:MM:SS")
        }
    }

    private static func words(_ pattern: String?, orElse usual: String) -> String { " (\(pattern ?? usual))" }

    private var pattern: String? {
        switch self {
        case .date(let pattern), .datetime(let pattern): pattern
        default: nil
        }
    }

    /// Whether the column's type has no value of another form.
    private func isSettled(by type: LogicalType) -> Bool {
        switch self {
        case .uuid: type == .uuid
        case .json: type == .json
        case .date: type == .date
        case .time: type == .time || type == .timeNanoseconds || type == .timeWithZone
        case .datetime: type.isMoment && type != .date
        case .email, .url, .ipv4, .ipv6, .ip, .hostname: false
        }
    }

    /// True of a text that has the form.
    ///
    /// What an extract takes for a date by itself is one here too.
    private func test(_ text: SQL) -> SQL {
        if let pattern { return "(try_strptime(\(text), \(literal: pattern)) IS NOT NULL)" }
        return switch self {
        case .json: "json_valid(\(text))"
        case .ip: "(pintail_is_ipv4(\(text)) OR pintail_is_ipv6(\(text)))"
        case .date: "(pintail_try_date(\(text)) IS NOT NULL)"
        case .time: "(pintail_try_time(\(text)) IS NOT NULL)"
        case .datetime:
            """
            (pintail_try_date(\(text)) IS NULL \
            AND (pintail_try_timestamp(\(text)) IS NOT NULL OR pintail_try_timestamptz(\(text)) IS NOT NULL))
            """
        case .email, .url, .uuid, .ipv4, .ipv6, .hostname: "\(SQL(verbatim: "pintail_is_" + name))(\(text))"
        }
    }
}
