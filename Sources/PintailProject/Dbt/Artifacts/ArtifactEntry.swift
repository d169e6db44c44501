/// Single entries of a manifest, as templates see `model` and `graph`.
package enum ArtifactEntry {
    /// A model, seed, snapshot, test, analysis or hook.
    package static func bytes(of node: Node) -> [UInt8] { written { $0.writeNode(node) } }

    /// A source's table.
    package static func bytes(of source: SourceNode) -> [UInt8] { written { $0.writeSource(source) } }

    /// An exposure, metric, group and the like.
    package static func bytes(of resource: Resource) -> [UInt8] { written { $0.writeResource(resource) } }

    /// A unit test.
    package static func bytes(of test: UnitTestNode) -> [UInt8] { written { $0.writeUnitTest(test) } }

    private static func written(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        body(&writer)
        return writer.bytes
    }
}
