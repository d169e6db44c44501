/// A value as lines of text: what golden files hold.
///
/// Places, empty collections and what is absent are left out.
func describe(_ value: Any, root: String) -> String {
    var lines: [String] = []
    append(value, label: nil, indent: "", to: &lines)
    return lines.joined(separator: "\n").replacing(root, with: "<root>") + "\n"
}

private func append(_ value: Any, label: String?, indent: String, to lines: inout [String]) {
    let head = indent + (label.map { $0 + ": " } ?? "")
    if let text = leaf(value) {
        lines.append(head + text)
        return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
        if let wrapped = mirror.children.first { append(wrapped.value, label: label, indent: indent, to: &lines) }
    case .collection:
        guard !mirror.children.isEmpty else { return }
        lines.append(indent + (label ?? "") + ":")
        for item in mirror.children { append(item.value, label: "-", indent: indent + "  ", to: &lines) }
    case .dictionary:
        let entries = mirror.children.map { Array(Mirror(reflecting: $0.value).children.map(\.value)) }
        guard !entries.isEmpty else { return }
        lines.append(indent + (label ?? "") + ":")
        for entry in entries.sorted(by: { "\($0[0])" < "\($1[0])" }) {
            append(entry[1], label: "\(entry[0])", indent: indent + "  ", to: &lines)
        }
    case .enum:
        guard let child = mirror.children.first else { return lines.append(head + "\(value)") }
        append(child.value, label: (label.map { $0 + ": " } ?? "") + (child.label ?? ""), indent: indent, to: &lines)
    default:
        let name = "\(type(of: value))"
        lines.append(head + (name.hasPrefix("(") ? "" : name))
        for child in mirror.children where child.label != "locations" {
            append(child.value, label: child.label ?? "", indent: indent + "  ", to: &lines)
        }
    }
}

private func leaf(_ value: Any) -> String? {
    switch value {
    case let text as String: "\"" + text.replacing("\n", with: "\\n") + "\""
    case is Int, is Int64, is Double, is Bool, is Duration: "\(value)"
    default: "\(type(of: value))" == "Secret" ? "***" : nil
    }
}
