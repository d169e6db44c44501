import PintailOrchestrator

/// Writes every event of a run as one line of JSON.
struct JSONSink: RunEventSink {
    let name = "the JSON output"
    let stream: TextStream

    init(_ stream: TextStream) { self.stream = stream }

    /// Writes the event's line.
    func receive(_ event: RunEvent) throws { try stream.line(event.jsonLine) }
}
