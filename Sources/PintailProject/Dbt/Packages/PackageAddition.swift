#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A package that is added to a project's `packages.yml` by the command line.
package struct PackageAddition: Sendable {
    private let key: String
    private let name: String
    private let version: String?

    /// Reads `dbt-labs/dbt_utils@1.3.0`, or an address or folder where `source` is `git` or `local`.
    package init(_ text: String, source: String) throws(Diagnostic) {
        key = source == "hub" ? "package" : source
        // An address may hold an at sign of its own, before its host.
        let split = text.lastIndex(of: "@").flatMap { text[$0...].contains("/") && source != "hub" ? nil : $0 }
        name = split.map { String(text[..<$0]) } ?? text
        version = split.map { String(text[text.index(after: $0)...]) }
        guard !name.isEmpty, source != "hub" || version != nil else {
            throw Diagnostic("'\(text)' names no version")
        }
    }

    /// Adds it to the file, or to `dependencies.yml` where packages stand there.
    ///
    /// - Throws: ``Diagnostics`` when it is asked for already.
    package func add(to folder: String) throws {
        let files = ProjectFiles(root: folder)
        let holders = ["packages.yml", "dependencies.yml"].filter { FileBytes.exists(folder + "/" + $0) }
        var text = "packages:\n"
        var target = "packages.yml"
        for file in holders {
            let document = try PropertyReader.read(try files.read(file))
            guard let list = document.root["packages"] else { continue }
            for item in list.items ?? [] where item[key]?.string == name {
                throw Diagnostics(
                    [
                        Diagnostic(
                            "'\(name)' is asked for already",
                            at: document.location(of: item[key] ?? item),
                            hint: "change its version there"
                        )
                    ],
                    in: files.root
                )
            }
            target = file
            text = String(decoding: document.file.bytes, as: UTF8.self)
            if !text.hasSuffix("\n") { text += "\n" }
        }
        try Data((text + entry(indentedAs: text)).utf8)
            .write(to: URL(filePath: files.absolute(target)), options: .atomic)
    }

    /// Entries stand as far in as those before them.
    private func entry(indentedAs text: String) -> String {
        let lines = text.split(separator: "\n")
        let indent =
            lines.first { $0.trimmingPrefix { $0 == " " }.hasPrefix("- ") }.map { $0.prefix { $0 == " " } } ?? "  "
        let versionKey = key == "package" ? "version" : "revision"
        var entry = "\(indent)- \(key): \(name)\n"
        if let version { entry += "\(indent)  \(versionKey): \"\(version)\"\n" }
        return entry
    }
}
