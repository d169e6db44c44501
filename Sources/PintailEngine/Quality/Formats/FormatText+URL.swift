extension FormatText {
    /// `http`, `https` or `ftp`, `://`, perhaps a user and `@`, a host, perhaps a port, and the rest.
    ///
    /// The host is a host name (underscores allowed), an IPv4 address, or an IPv6 address in brackets. Nowhere are there white
    /// space, control characters or any of ``<>"\^`{}``; a `%` stands before two hexadecimal digits.
    static func isURL(_ text: Span<UInt8>) -> Bool {
        guard let start = schemeEnd(text), hasOnlyURLCharacters(text) else { return false }
        var end = start
        var hostStart = start
        while end < text.count, !isHostEnd(text[end]) {
            if text[end] == UInt8(ascii: "@") { hostStart = end + 1 }
            end += 1
        }
        return isHostAndPort(text.extracting(hostStart..<end))
    }

    private static func schemeEnd(_ text: Span<UInt8>) -> Int? {
        for scheme in ["https://", "http://", "ftp://"] where text.starts(withIgnoringCase: scheme) {
            return scheme.utf8.count
        }
        return nil
    }

    private static func isHostEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func isHostAndPort(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0 else { return false }
        var host = text
        if let colon = text.lastPlace(of: UInt8(ascii: ":")), text[text.count - 1] != UInt8(ascii: "]") {
            guard isPort(text.extracting(droppingFirst: colon + 1)) else { return false }
            host = text.extracting(first: colon)
        }
        guard host.count > 0 else { return false }
        if host[0] == UInt8(ascii: "[") {
            return host.count > 2 && host[host.count - 1] == UInt8(ascii: "]")
                && isIPv6(host.extracting(1..<(host.count - 1)))
        }
        guard isHostname(host, underscores: true) else { return false }
        // A last label that is a number makes it an IPv4 address, or nothing.
        let lastLabel = (host.lastPlace(of: UInt8(ascii: ".")) ?? -1) + 1
        for index in lastLabel..<host.count where host[index].digit == nil { return true }
        return isIPv4(host)
    }

    private static func isPort(_ text: Span<UInt8>) -> Bool {
        guard (1...5).contains(text.count) else { return false }
        var value = 0
        for index in 0..<text.count {
            guard let digit = text[index].digit else { return false }
            value = value * 10 + digit
        }
        return value <= 65_535
    }

    private static func hasOnlyURLCharacters(_ text: Span<UInt8>) -> Bool {
        for index in 0..<text.count {
            switch text[index] {
            case 0...0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "}"):
                return false
            case UInt8(ascii: "%"):
                guard index + 2 < text.count, text[index + 1].isHex, text[index + 2].isHex else { return false }
            default: continue
            }
        }
        return hasNoWideSpace(text)
    }

    /// Beyond ASCII: white space, and the control characters of Latin-1.
    private static func hasNoWideSpace(_ text: Span<UInt8>) -> Bool {
        var scalars = ScalarWalk(text)
        while let scalar = scalars.next() {
            guard scalar.isASCII || !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            else {
                return false
            }
        }
        return true
    }
}
