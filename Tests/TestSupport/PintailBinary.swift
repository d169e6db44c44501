import Foundation

/// The `pintail` program that was built together with the tests.
package enum PintailBinary {
    /// Where it is: beside the tests, or in a folder above them.
    package static var path: String {
        get throws {
            #if os(Linux)
                let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            #else
                let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath ?? ""
            #endif
            var folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
            while folder.path != "/" {
                let candidate = folder.appendingPathComponent("pintail").path
                if isFile(candidate) { return candidate }
                folder.deleteLastPathComponent()
            }
            throw FixtureError("there is no pintail beside \(tests) or above it: run swift build first")
        }
    }

    private static func isFile(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }
}
