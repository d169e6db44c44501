import CMicrohttpd

/// Answers browsers of this machine, on threads of its own, until it is let go.
@safe package final class HTTPServer: Sendable {
    package typealias Answer = @Sendable (HTTPRequest) -> HTTPResponse

    /// The port it listens on.
    package let port: UInt16
    // Written once; the library's own locks guard what is behind it, and only `deinit` stops it.
    private nonisolated(unsafe) let daemon: OpaquePointer
    private let context: Handler

    /// Listens on 127.0.0.1; port 0 takes any that is free.
    ///
    /// - Throws: ``HTTPServerError`` when the port cannot be had.
    package init(port: UInt16, answering answer: @escaping Answer) throws(HTTPServerError) {
        context = Handler(answer)
        // The daemon ends before its context does: `deinit` stops it first.
        let pointer = unsafe Unmanaged.passUnretained(context).toOpaque()
        guard let daemon = unsafe pintail_http_start(port, respond, pointer) else { throw HTTPServerError(port: port) }
        unsafe self.daemon = unsafe daemon
        self.port = unsafe pintail_http_port(daemon)
    }

    deinit { unsafe MHD_stop_daemon(daemon) }
}

/// A port that cannot be listened on.
package struct HTTPServerError: Error, Hashable, Sendable {
    /// Which it is.
    package let port: UInt16
}

/// Carries the closure through C.
private final class Handler: Sendable {
    let answer: HTTPServer.Answer
    init(_ answer: @escaping HTTPServer.Answer) { self.answer = answer }
}

/// Called by the library for every request, on its threads.
///
/// https://www.gnu.org/software/libmicrohttpd/manual/libmicrohttpd.html#microhttpd_002dcb
private func respond(
    _ context: UnsafeMutableRawPointer?,
    _ connection: OpaquePointer?,
    _ path: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?,
    _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context = unsafe context, let connection = unsafe connection, let path = unsafe path,
        let method = unsafe method
    else { return pintail_http_refuse() }
    let handler = unsafe Unmanaged<Handler>.fromOpaque(context).takeUnretainedValue()
    let request = unsafe HTTPRequest(
        method: String(cString: method),
        path: String(cString: path),
        query: ["q": text(pintail_http_argument(connection, "q")) ?? ""]
    )
    let host = unsafe text(pintail_http_header(connection, "Host"))
    return unsafe send(answer(request, host: host, by: handler), to: connection)
}

/// A page elsewhere could lead a name of its own to this address: only this machine's names are answered.
private func answer(_ request: HTTPRequest, host: String?, by handler: Handler) -> HTTPResponse {
    let name = host.map { $0.prefix { $0 != ":" } } ?? ""
    guard ["127.0.0.1", "localhost"].contains(name) else {
        return HTTPResponse(status: 403, type: "text/plain; charset=utf-8", body: Array("Ask for 127.0.0.1.\n".utf8))
    }
    guard ["GET", "HEAD"].contains(request.method) else {
        return HTTPResponse(status: 405, type: "text/plain; charset=utf-8", body: Array("This is for reading.\n".utf8))
    }
    return handler.answer(request)
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
}

private func send(_ answer: HTTPResponse, to connection: OpaquePointer) -> MHD_Result {
    // The library sends no body for HEAD.
    let response = unsafe answer.body.withUnsafeBytes { unsafe pintail_http_response($0.baseAddress, $0.count) }
    guard let response = unsafe response else { return pintail_http_refuse() }
    defer { unsafe MHD_destroy_response(response) }
    let headers = [
        "Content-Type": answer.type, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ]
    for (name, value) in headers { unsafe MHD_add_response_header(response, name, value) }
    return unsafe MHD_queue_response(connection, UInt32(answer.status), response)
}
