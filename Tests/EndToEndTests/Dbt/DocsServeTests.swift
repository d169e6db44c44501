import Foundation
import TestSupport
import Testing

/// `pintail docs serve`, looked at in a browser.
@Suite struct `Documentation in a browser` {
    private let folder: TemporaryDirectory
    private let server: ChildProcess
    private let address: String

    /// Builds a project and serves its documentation.
    init() async throws {
        folder = try TemporaryDirectory()
        try folder.write("name: shop\nversion: '1.0'\nprofile: shop\n", to: "dbt_project.yml")
        try folder.write("shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n", to: "profiles.yml")
        try folder.write("id,amount\n1,10\n2,20\n", to: "seeds/raw.csv")
        try folder.write("select id, amount from {{ ref('raw') }}", to: "models/orders.sql")
        try folder.write("select sum(amount) as total_amount from {{ ref('orders') }}", to: "models/total.sql")
        try folder.write(
            """
            models:
              - name: orders
                description: Every order there was.
                columns: [{name: id, description: Its number., tests: [unique, not_null]}]
            """,
            to: "models/schema.yml"
        )
        let built = try await run(PintailBinary.path, ["build"], currentDirectory: folder.path)
        #expect(built.exitCode == 0, "\(built.standardError)")
        let words = ["docs", "serve", "--port", "0", "--quiet"]
        let server = try ChildProcess(PintailBinary.path, words, currentDirectory: folder.path)
        try await eventually("the address is printed") {
            if let end = server.end { throw FixtureError("the server ended, \(end): \(server.standardError)") }
            return server.standardOutput.contains("http://127.0.0.1:")
        }
        self.server = server
        address = server.standardOutput.split(separator: "\n").last { $0.hasPrefix("http://") }.map(String.init) ?? ""
    }

    @Test func `one clicks from the overview to a model and along its lineage`() async throws {
        let browser = try await Browser()
        try await browser.open(address)
        #expect(try await browser.title == "shop")
        try await browser.click("main a[href='/node/model.shop.orders']")
        #expect(try await browser.title == "orders · shop")
        let page = try await browser.text("document.querySelector('main').innerText")
        for text in [
            "Every order there was.", "Its number.", "INTEGER", "unique", "pass", "from \"shop\".\"main\".\"raw\"",
        ] {
            #expect(page.contains(text), "\(text) is missing in \(page)")
        }
        try await browser.click(".graph a[href='/node/model.shop.total']")
        #expect(try await browser.title == "total · shop")
        try await browser.click(".top nav a[href='/graph']")
        #expect(try await browser.value("document.querySelectorAll('.graph .box').length") as? Int == 3)
        #expect(try await browser.complaints == [])
    }

    @Test func `the search is used by keys alone`() async throws {
        let browser = try await Browser()
        try await browser.open(address)
        try await browser.type("/")
        try await browser.type("total_am")
        try await eventually("something is found") {
            try await browser.value("document.querySelectorAll('#found [data-link]').length") as? Int == 1
        }
        #expect(
            try await browser.text("document.querySelector('#found li').innerText") == "total\nmodel · total_amount"
        )
        try await browser.type("\u{E007}")
        try await eventually("the page is there") { try await browser.title == "total · shop" }
        try await browser.type("g")
        try await eventually("the lineage is there") { try await browser.address.hasSuffix("/graph") }
        #expect(try await browser.complaints == [])
    }

    @Test(arguments: [(390, false), (390, true), (1200, true)])
    func `pages fit a phone and a desk, in light and dark`(width: Int, isDark: Bool) async throws {
        let browser = try await Browser(width: width, height: 800, isDark: isDark)
        for path in ["/", "/node/model.shop.orders", "/graph", "/search?q=order", "/nothing"] {
            try await browser.open(address + path)
            #expect(
                try await browser.value("document.documentElement.scrollWidth <= innerWidth") as? Bool == true,
                "\(path)"
            )
        }
        #expect(try await browser.value("matchMedia('(prefers-color-scheme: dark)').matches") as? Bool == isDark)
        try await browser.open(address)
        let contrast = """
            (() => {
              const light = color => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(c => c / 255)
                .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
              const ground = light(getComputedStyle(document.body).backgroundColor);
              return Math.min(...[...document.querySelectorAll('main *')].filter(e => e.innerText).map(e => {
                const ink = light(getComputedStyle(e).color);
                return (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05);
              }));
            })()
            """
        #expect(try await browser.value(contrast) as? Double ?? 0 >= 4.5)
    }

    @Test func `what another run writes is shown, and Ctrl-C ends it well`() async throws {
        let browser = try await Browser()
        try folder.write("select 1 as brand_new", to: "models/fresh.sql")
        let again = try await run(PintailBinary.path, ["docs", "generate"], currentDirectory: folder.path)
        #expect(again.exitCode == 0, "\(again.standardError)")
        try await browser.open(address + "/node/model.shop.fresh")
        #expect(try await browser.title == "fresh · shop")
        server.send(SIGINT)
        #expect(try await server.wait() == .exited(0))
    }

    @Test func `a port that is taken is told`() async throws {
        let port = address.split(separator: ":").last.map(String.init) ?? ""
        let second = try await run(
            PintailBinary.path,
            ["docs", "serve", "--port", port],
            currentDirectory: folder.path
        )
        #expect(second.exitCode == 1)
        #expect(
            second.standardError.contains("port \(port) of this machine cannot be listened on"),
            "\(second.standardError)"
        )
    }
}
