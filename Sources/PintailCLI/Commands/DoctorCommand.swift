/// Looks for what could keep Pintail from working: `pintail doctor`.
struct DoctorCommand: Command {
    static let spec = CommandSpec(
        "doctor",
        .start,
        "Check libraries, extensions, the project, its connections, disk and memory, and say how to mend what is wrong",
        options: [.json],
        examples: [.init("pintail doctor", "Checks everything; ends with 1 when something fails.")]
    )

    private let asJSON: Bool

    init(_ arguments: ParsedArguments) { asJSON = arguments.has(.json) }

    func run(_ console: Console) async throws -> ExitCode {
        let findings = try await Interruption.cancelling(onSignal: {}) { await Examination().findings(console) }
        if asJSON {
            try console.print(jsonText(findings))
        } else {
            for finding in findings { try console.print(text(of: finding, console)) }
        }
        return findings.contains { $0.verdict == .fail } ? .failure : .success
    }

    private func text(of finding: Finding, _ console: Console) -> String {
        let ink: Ink =
            switch finding.verdict {
            case .ok: .green
            case .warn: .yellow
            case .fail: .red
            }
        var line = StyledLine(finding.verdict.rawValue.padded(to: 5), ink)
        line.add(finding.subject.padded(to: 14) + " ", .bold)
        line.add(finding.text)
        let palette = console.output.palette
        guard let mend = finding.mend else { return line.text(palette) }
        return line.text(palette) + "\n" + StyledLine("     to mend: ", .cyan).adding(mend).text(palette)
    }
}

/// What was found about one thing, and how to mend it when it is not as it should be.
struct Finding: Hashable, Sendable, Encodable {
    enum Verdict: String, Sendable, Encodable {
        case ok, warn, fail
    }

    let subject: String
    let verdict: Verdict
    let text: String
    let mend: String?

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .ok, text: text, mend: nil)
    }

    static func warn(_ subject: String, _ text: String, mend: String?) -> Finding {
        Finding(subject: subject, verdict: .warn, text: text, mend: mend)
    }

    static func fail(_ subject: String, _ text: String, mend: String?) -> Finding {
        Finding(subject: subject, verdict: .fail, text: text, mend: mend)
    }
}
