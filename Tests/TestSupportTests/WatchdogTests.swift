import TestSupport
import Testing

@Test func `a folder is removed with its owner`() async throws {
    var folder: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(folder?.path)
    try folder?.write("x", to: "deep/down/file.txt")
    #expect(try folder?.names() == ["deep"])
    folder = nil
    #expect(try await run("ls", [path]).exitCode != 0)
}
