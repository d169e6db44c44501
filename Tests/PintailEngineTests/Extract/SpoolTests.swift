import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import PintailEngine

/// Folders that steps of one run make and take away at the same time.
@Suite struct SpoolTests {
    @Test func `steps that end take nothing from those that begin`() throws {
        let scratch = try ScratchFolder()
        let problems = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { step in
            for round in 0..<300 {
                let spool = Spool(in: scratch.path, run: "run", step: "step \(step)")
                do {
                    let path = try spool.path("rows.csv")
                    try Data("1".utf8).write(to: URL(fileURLWithPath: path))
                    guard FileManager.default.fileExists(atPath: path) else { throw CocoaError(.fileNoSuchFile) }
                } catch {
                    problems.withLock { $0.append("step \(step), round \(round): \(error)") }
                }
                spool.remove()
            }
        }
        #expect(problems.withLock(\.self) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/spool") == [])
    }
}
