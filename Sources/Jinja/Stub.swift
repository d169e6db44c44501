enum PercentFormat { static func format(_ f: String, with v: Value) throws -> String { f } }
enum BuiltinFilters { static let all: [String: FilterFunction] = [:] }
enum NativeFilters { static let all: [String: FilterFunction] = [:] }
enum BuiltinTests { static let all: [String: TestFunction] = [:] }
enum BraceFormat { static func format(_ f: String, _ v: Arguments) throws -> String { f } }