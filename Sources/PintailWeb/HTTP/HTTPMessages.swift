/// What a browser asks for.
package struct HTTPRequest: Sendable {
    /// `GET`, `HEAD`.
    package var method: String
    /// Without its query, percent signs resolved.
    package var path: String
    /// What follows the question mark, by name.
    package var query: [String: String]

    /// A request, as tests make one.
    package init(method: String = "GET", path: String, query: [String: String] = [:]) {
        self.method = method
        self.path = path
        self.query = query
    }
}

/// What a browser gets.
package struct HTTPResponse: Hashable, Sendable {
    /// 200, 404.
    package var status: Int
    /// With its character set.
    package var type: String
    /// The content, in UTF-8 where it is text.
    package var body: [UInt8]

    /// A whole answer.
    package init(status: Int = 200, type: String, body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }
}
