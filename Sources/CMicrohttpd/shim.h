#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <microhttpd.h>

// Swift cannot call functions with `...`; these say once what the library is asked for.

/// A server on 127.0.0.1 with two threads of its own; NULL when the port cannot be had. Port 0 is any free one.
static inline struct MHD_Daemon *pintail_http_start(uint16_t port, MHD_AccessHandlerCallback answer, void *context) {
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, answer, context,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)&address,
        MHD_OPTION_THREAD_POOL_SIZE, 2u,
        MHD_OPTION_CONNECTION_LIMIT, 128u,
        MHD_OPTION_CONNECTION_TIMEOUT, 30u,
        MHD_OPTION_END);
}

/// The port that a server listens on.
static inline uint16_t pintail_http_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

// How enumerations arrive in Swift differs between versions of the header; functions do not.

/// A value of the query; NULL when there is none.
static inline const char *pintail_http_argument(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/// A header of the request; NULL when there is none.
static inline const char *pintail_http_header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/// A response with a copy of these bytes; NULL when there is no memory.
static inline struct MHD_Response *pintail_http_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

/// Ends the connection without an answer.
static inline enum MHD_Result pintail_http_refuse(void) { return MHD_NO; }
