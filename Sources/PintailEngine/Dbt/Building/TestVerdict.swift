import Jinja
import PintailProject

/// What a test's answer means: severity, thresholds, and dbt's words for it.
struct TestVerdict {
    private let node: Node
    private let options: BuildOptions

    init(_ node: Node, _ options: BuildOptions) {
        self.node = node
        self.options = options
    }

    /// Fills in the verdict.
    func judge(_ table: ResultTable?, _ result: inout DbtResult) throws {
        guard let table, table.rows.count == 1, table.names.count == 3 else {
            throw StepError(
                "the test's query answered with \(table?.rows.count ?? 0) rows of \(table?.names.count ?? 0) columns, and one row of failures, should_warn and should_error was expected"
            )
        }
        let row = Dictionary(zip(table.names.map { $0.lowercased() }, table.rows[0])) { first, _ in first }
        guard let failures = row["failures"].flatMap(Self.count) else {
            throw StepError(
                "the test's fail_calc gives no number",
                hint: "let it count, as in fail_calc: \"coalesce(sum(n), 0)\""
            )
        }
        let isError = try row["should_error"].map(Self.isTrue) ?? false
        let isWarning = try row["should_warn"].map(Self.isTrue) ?? false
        let isSevere = (node.config["severity"]?.string ?? "ERROR").uppercased() == "ERROR"
        let found = failures == 1 ? "1 result" : "\(failures) results"
        result.message = nil
        result.failures = 0
        if isSevere && isError {
            set(&result, .fail, failures, "Got \(found), configured to fail if \(threshold("error_if"))")
        } else if isWarning && options.warnsAreErrors {
            set(&result, .fail, failures, "Got \(found), configured to fail if \(threshold("warn_if"))")
        } else if isWarning {
            set(&result, .warn, failures, "Got \(found), configured to warn if \(threshold("warn_if"))")
        } else {
            result.status = .pass
        }
    }

    private func set(_ result: inout DbtResult, _ status: DbtResult.Status, _ failures: Int, _ message: String) {
        result.status = status
        result.failures = failures
        result.message = message
    }

    private func threshold(_ key: String) -> String { node.config[key]?.string ?? "!= 0" }

    private static func count(_ value: Value) -> Int? {
        if let number = value.asInteger { return number }
        if case .object(let object) = value, let number = object as? DecimalNumber, number.double.isFinite {
            return Int(number.double)
        }
        return (try? value.text).flatMap { Int($0) }
    }

    private static func isTrue(_ value: Value) throws -> Bool {
        if let text = value.asString { return ["true", "t", "yes", "y", "on", "1"].contains(text.lowercased()) }
        return try value.isTrue
    }
}
