import Jinja
import Testing

struct SkeletonTests {
    @Test func `a name is looked up`() throws {
        let template = try Template("{{ a.b }}", in: Environment())
        let text = try template.render(in: ["a": .dict(of: ["b": 1])] as [String: Value])
        #expect(text == "1")
    }
}
