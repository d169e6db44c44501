/// Turns addresses in text into links.
enum Links {
    static func urlize(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
        let given = try arguments.bound(
            "do_urlize",
            "trim_url_limit?",
            "nofollow?",
            "target?",
            "rel?",
            "extra_schemes?"
        )
        let schemes = try given[4].flatMap { $0.isNone ? nil : try $0.elements().map { try $0.text } } ?? []
        var relations = Set(
            try (given[3].flatMap { $0.isNone ? nil : try $0.text } ?? "").split(separator: " ").map(String.init)
        )
        if try given[1]?.isTrue ?? false { relations.insert("nofollow") }
        relations.insert("noopener")
        let linking = Linking(
            limit: given[0]?.asInteger,
            attributes: " rel=\"\(HTML.escaped(relations.sorted().joined(separator: " ")))\""
                + (try given[2].flatMap { $0.isNone ? nil : " target=\"\(try HTML.escaped($0))\"" } ?? ""),
            schemes: schemes
        )
        let text = try linking.link(HTML.escaped(value))
        return interpreter.textValue(text)
    }

    private struct Linking {
        let limit: Int?
        let attributes: String
        let schemes: [String]

        func link(_ text: String) -> String {
            var result = ""
            var word = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                if CodePoint.isSpace(scalar) {
                    result += linked(String(word))
                    result.unicodeScalars.append(scalar)
                    word = String.UnicodeScalarView()
                } else {
                    word.append(scalar)
                }
            }
            return result + linked(String(word))
        }

        /// A word without the punctuation around it, as a link if it is an address.
        private func linked(_ word: String) -> String {
            var middle = word
            var head = ""
            var tail = ""
            let opening = ["(", "<", "&lt;"]
            while let sign = opening.first(where: { middle.hasPrefix($0) }) {
                head += sign
                middle.removeFirst(sign.count)
            }
            let closing = ["&gt;", ")", ".", ",", ">", "\n"]
            while let sign = closing.first(where: { middle.hasSuffix($0) }) {
                tail = sign + tail
                middle.removeLast(sign.count)
            }
            for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
                balance(&middle, &tail, open, close)
            }
            return head + (anchor(middle) ?? middle) + tail
        }

        /// A closing bracket belongs to an address that has the opening one.
        private func balance(_ middle: inout String, _ tail: inout String, _ open: String, _ close: String) {
            let opened = middle.ranges(of: open).count
            let closed = middle.ranges(of: close).count
            guard opened > closed else { return }
            for _ in 0..<min(opened, tail.ranges(of: close).count) {
                guard let range = tail.firstRange(of: close) else { return }
                middle += tail[..<range.upperBound]
                tail.removeSubrange(..<range.upperBound)
            }
        }

        private func anchor(_ word: String) -> String? {
            let lower = word.lowercased()
            if let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) {
                guard isAddress(lower.dropFirst(scheme.count), anyDomain: true) else { return nil }
                return "<a href=\"\(word)\"\(attributes)>\(trimmed(word))</a>"
            }
            if isAddress(lower[...], anyDomain: lower.hasPrefix("www.")) {
                return "<a href=\"https://\(word)\"\(attributes)>\(trimmed(word))</a>"
            }
            if lower.hasPrefix("mailto:"), isMail(String(lower.dropFirst(7))) {
                return "<a href=\"\(word)\">\(word.dropFirst(7))</a>"
            }
            if isMail(lower), !lower.hasPrefix("www."), !lower.contains(":") {
                return "<a href=\"mailto:\(word)\">\(word)</a>"
            }
            if schemes.contains(where: { word != $0 && word.hasPrefix($0) }) {
                return "<a href=\"\(word)\"\(attributes)>\(word)</a>"
            }
            return nil
        }

        private static let knownDomains: Set<Substring> = [
            "com", "net", "int", "edu", "gov", "org", "info", "mil",
        ]

        /// Whether a host stands here, possibly with a port and a path.
        private func isAddress(_ word: Substring, anyDomain: Bool) -> Bool {
            let host = word.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
            var rest = word.dropFirst(host.count)
            if rest.first == ":" {
                let port = rest.dropFirst().prefix { $0.isNumber }
                guard (1...5).contains(port.count) else { return false }
                rest = rest.dropFirst(port.count + 1)
                guard rest.isEmpty || "/?#".contains(rest.first ?? " ") else { return false }
            }
            let labels = host.split(separator: ".", omittingEmptySubsequences: false)
            guard let domain = labels.last, labels.dropLast().allSatisfy({ isLabel($0, atLeast: anyDomain ? 1 : 2) })
            else { return false }
            if !anyDomain { return labels.count > 1 && Self.knownDomains.contains(domain) }
            if labels.count == 4, labels.allSatisfy({ $0.count <= 3 && $0.allSatisfy(\.isNumber) }) { return true }
            return domain.hasPrefix("xn--") || (2...63).contains(domain.count) && domain.allSatisfy(\.isLetter)
        }

        private func isLabel(_ label: Substring, atLeast least: Int) -> Bool {
            label.count >= least
                && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "%" || $0 == "-" }
        }

        private func isMail(_ word: String) -> Bool {
            let parts = word.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !parts[1].hasPrefix("."),
                !parts[1].hasSuffix(".")
            else { return false }
            return parts[1].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
        }

        private func trimmed(_ word: String) -> String {
            guard let limit, word.count > limit else { return word }
            return word.prefix(limit) + "..."
        }
    }
}
