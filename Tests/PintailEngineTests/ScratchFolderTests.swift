import Foundation
import Testing

@testable import PintailEngine

@Suite struct `Scratch folders` {
    @Test func `a folder goes with its owner, and what killed processes left goes with the next one`() throws {
        let parent = FileManager.default.temporaryDirectory.path
        // No process has this number: it is beyond the largest that Linux and macOS give.
        let leftover = parent + "/pintail-scratch-2147483000-test"
        try FileManager.default.createDirectory(atPath: leftover, withIntermediateDirectories: true)
        var path = ""
        do {
            let folder = try ScratchFolder("test")
            path = folder.path
            #expect(FileManager.default.fileExists(atPath: path))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: leftover))
    }
}
