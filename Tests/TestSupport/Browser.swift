import Foundation

/// Chromium without a window, driven as a person would drive it: it goes with its owner.
///
/// Speaks WebDriver to chromedriver: https://www.w3.org/TR/webdriver2/
package final class Browser: Sendable {
    private let driver: ChildProcess
    private let port: Int
    private let session: String
    private let home: TemporaryDirectory

    /// Opens an empty window of a size, in light or dark.
    package init(width: Int = 1200, height: Int = 900, isDark: Bool = false) async throws {
        home = try TemporaryDirectory()
        port = try freeLoopbackPort()
        driver = try ChildProcess(
            "chromedriver",
            ["--port=\(port)"],
            environment: ["HOME": home.path, "TMPDIR": home.path],
            currentDirectory: home.path
        )
        let (driver, port) = (driver, port)
        try await eventually("chromedriver answers") {
            if let end = driver.end { throw FixtureError("chromedriver ended, \(end): \(driver.standardError)") }
            return driver.standardOutput.contains("was started successfully")
        }
        let arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--user-data-dir=\(home.path)/profile", "--window-size=\(width),\(height)",
        ]
        let capabilities: [String: Any] = [
            "goog:chromeOptions": ["args": arguments + (isDark ? ["--blink-settings=preferredColorScheme=0"] : [])],
            "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let answer = try await Self.ask(port, "POST", "/session", ["capabilities": ["alwaysMatch": capabilities]])
        session = (answer as? [String: Any])?["sessionId"] as? String ?? ""
    }

    /// Goes to an address and waits until the page is there.
    package func open(_ address: String) async throws {
        try await ask("POST", "/url", ["url": address])
    }

    /// Where the browser is.
    package var address: String {
        get async throws { try await ask("GET", "/url") as? String ?? "" }
    }

    /// The page's title.
    package var title: String {
        get async throws { try await ask("GET", "/title") as? String ?? "" }
    }

    /// Clicks on the first element that a CSS selector finds.
    package func click(_ selector: String) async throws {
        try await ask("POST", "/element/\(try await element(selector))/click", [:])
    }

    /// Types into whatever has the focus; `\u{E007}` is Enter, `\u{E015}` the arrow down.
    package func type(_ text: String) async throws {
        let keys = text.flatMap {
            [["type": "keyDown", "value": String($0)], ["type": "keyUp", "value": String($0)]]
        }
        try await ask("POST", "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": keys]]])
    }

    /// What a piece of JavaScript returns.
    @discardableResult
    package func value(_ script: String) async throws -> Any? {
        try await ask("POST", "/execute/sync", ["script": "return \(script)", "args": [String]()])
    }

    /// What a piece of JavaScript returns, as a text.
    package func text(_ script: String) async throws -> String {
        try await value("String(\(script))") as? String ?? ""
    }

    /// What the page has complained of so far.
    package var complaints: [String] {
        get async throws {
            let entries = try await ask("POST", "/se/log", ["type": "browser"]) as? [[String: Any]] ?? []
            return entries.compactMap { $0["message"] as? String }
        }
    }

    private func element(_ selector: String) async throws -> String {
        let found = try await ask("POST", "/element", ["using": "css selector", "value": selector])
        return (found as? [String: String])?.values.first ?? ""
    }

    @discardableResult
    private func ask(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> Any? {
        try await Self.ask(port, method, "/session/\(session)\(path)", body)
    }

    @discardableResult
    private static func ask(_ port: Int, _ method: String, _ path: String, _ body: [String: Any]? = nil) async throws
        -> Any?
    {
        let content = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let head = """
            \(method) \(path) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Content-Type: application/json\r
            Content-Length: \(content.count)\r
            Connection: close\r
            \r

            """
        let answer = try await blocking { try exchange(Array(head.utf8) + content, with: port) }
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw FixtureError("\(method) \(path): no answer")
        }
        let value = try JSONSerialization.jsonObject(with: Data(answer[end.upperBound...])) as? [String: Any]
        guard answer.starts(with: Array("HTTP/1.1 200".utf8)) else {
            throw FixtureError("\(method) \(path): \(String(decoding: answer, as: UTF8.self).prefix(800))")
        }
        return value?["value"]
    }

    /// Foundation's own client does not take chromedriver's headers.
    private static func exchange(_ request: [UInt8], with port: Int) throws -> [UInt8] {
        let socket = try LoopbackSocket(connectingTo: port)
        _ = socket.file.write(request)
        var answer: [UInt8] = []
        while true {
            let bytes = socket.receive(upTo: 65_536)
            answer += bytes
            if bytes.isEmpty || isWhole(answer) { return answer }
        }
    }

    private static func isWhole(_ answer: [UInt8]) -> Bool {
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased()
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }?
            .split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        return length.map { answer.count - end.upperBound >= $0 } ?? false
    }
}
