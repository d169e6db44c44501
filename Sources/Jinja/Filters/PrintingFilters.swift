/// Filters that print whole values.
enum PrintingFilters {
    static let all: [String: FilterFunction] = [
        "tojson": { value, arguments, _ in
            let indent = try arguments.bound("do_tojson", "indent?")[0]
            let width = try indent.flatMap {
                $0.isNone ? nil : try $0.asString?.utf8.count ?? TextPadding.checked($0.asInteger ?? 0)
            }
            return .markup(JSONPrinter.htmlSafe(try JSONPrinter.text(of: value, indent: width, sortsKeys: true)))
        },
        "pprint": { value, _, _ in .string(try PrettyPrinter.text(of: value)) },
    ]
}
