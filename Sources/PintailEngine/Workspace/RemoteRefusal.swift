import DuckDB
import FoundationEssentials

/// Why a web server or an object store did not do what it was asked, in the user's words.
struct RemoteRefusal: Hashable {
    /// `the store does not know the key (403)`.
    let reason: String
    /// The way out.
    let hint: String?
    /// Whether it may be different a moment later.
    let isTransient: Bool

    /// Reads what DuckDB says of an address; its words carry the server's.
    init(_ said: String, at address: String) {
        let place = Place(address)
        if let known = Self.known(said, place) {
            self = known
        } else {
            reason = said.split(whereSeparator: \.isNewline).first.map { String($0) } ?? "no answer"
            hint = nil
            isTransient = Self.status(in: said).map { $0 == 408 || $0 == 429 || $0 >= 500 } ?? true
        }
    }

    private init(_ reason: String, hint: String?, isTransient: Bool = false) {
        self.reason = reason
        self.hint = hint
        self.isTransient = isTransient
    }

    private static func known(_ said: String, _ place: Place) -> RemoteRefusal? {
        let ways: [(sign: String, refusal: RemoteRefusal)] = [
            ("NoSuchBucket", Self("there is no bucket '\(place.host)'", hint: "is its name right? Pintail makes none")),
            (
                "InvalidAccessKeyId",
                Self("the store does not know the key (403)", hint: "check the connection's 'key_id'")
            ),
            ("SignatureDoesNotMatch", Self("the key's secret is wrong (403)", hint: "check the connection's 'secret'")),
            ("SSL peer certificate", untrusted(place)),
            ("SSL CA cert", Self("the file of trusted certificates cannot be read", hint: "check SSL_CERT_FILE")),
            ("SSL connect error", Self("\(place.server) does not speak https", hint: place.plainHint)),
            ("Could not connect", Self("\(place.server) cannot be reached", hint: place.reachHint, isTransient: true)),
            ("Could not resolve", Self("\(place.server) cannot be found", hint: place.reachHint, isTransient: true)),
        ]
        if let way = ways.first(where: { said.contains($0.sign) }) { return way.refusal }
        switch status(in: said) {
        case 401, 403:
            let hint =
                place.isStore ? "may the connection's key do this? Without keys only public buckets are read" : nil
            return Self("access is denied (\(status(in: said) ?? 403))", hint: hint)
        case 404:
            return Self(place.isStore ? "there is no such object (404)" : "there is no such file (404)", hint: nil)
        default: return nil
        }
    }

    private static func untrusted(_ place: Place) -> RemoteRefusal {
        Self(
            "the certificate of \(place.server) is not trusted",
            hint: "if the server is the right one, name the file of its authority's certificate in SSL_CERT_FILE"
        )
    }

    /// The HTTP status in `(HTTP 404 Not Found)` or `(HTTP code 403)`.
    private static func status(in said: String) -> Int? {
        for sign in ["(HTTP code ", "(HTTP "] {
            guard let found = said.firstRange(of: sign) else { continue }
            if let status = Int(said[found.upperBound...].prefix(3)) { return status }
        }
        return nil
    }
}

/// Whose address it is.
private struct Place {
    let isStore: Bool
    /// The bucket, or host and port.
    let host: String

    init(_ address: String) {
        let parts = address.split(separator: "://", maxSplits: 1)
        isStore = !["http", "https"].contains(parts[0].lowercased())
        host = parts.last?.split(separator: "/", maxSplits: 1).first.map { String($0) } ?? address
    }

    var server: String { isStore ? "the store of \(host)" : host }
    var reachHint: String {
        isStore
            ? "is it running, and is the connection's 'endpoint' right?"
            : "is the address right, and the server running?"
    }
    var plainHint: String {
        isStore ? "a store without https needs 'use_ssl: false'" : "is it http:// and not https://?"
    }
}
