import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw FixtureError("no URL: \(path)") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let body { request.httpBody = try JSONSerialization.data(withJSONObject: body) }
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw FixtureError("\(method) \(path): \(String(decoding: data, as: UTF8.self).prefix(600))")
        }
        return answer?["value"]
    }
}
