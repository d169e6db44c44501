import FoundationEssentials
import Testing

@testable import PintailOrchestrator

@Suite struct JSONValueTests {
    @Test func `every kind of value is read as what it is`() throws {
        let text = #"{"a": [null, true, 0, 1, -1.5, "", "1", [], {}, {"b": [false]}], "c": 18446744073709551615}"#
        let list: JSONValue = [nil, true, 0, 1, -1.5, "", "1", [], [:], ["b": [false]]]
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(value == ["a": list, "c": 18_446_744_073_709_551_615.0])
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(list)) == list)
    }
}
