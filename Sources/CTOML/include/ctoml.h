// toml++ behind C: parses a document into a flat list of events with positions, so that Swift never sees C++.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ctoml_kind {
    CTOML_TABLE_BEGIN,
    CTOML_TABLE_END,
    CTOML_ARRAY_BEGIN,
    CTOML_ARRAY_END,
    CTOML_KEY,
    CTOML_STRING,
    CTOML_INTEGER,
    CTOML_FLOAT,
    CTOML_BOOLEAN,
    /// A date, a time or both, as RFC 3339 text.
    CTOML_DATETIME,
} ctoml_kind;

/// Lines and columns count from 1, columns in code points; the end is the first place behind. 0 where unknown.
typedef struct ctoml_event {
    ctoml_kind kind;
    uint32_t line, column, end_line, end_column;
    int64_t integer;
    double number;
    /// UTF-8, not terminated; lives as long as the document.
    const char *text;
    size_t text_length;
} ctoml_event;

typedef struct ctoml_document ctoml_document;

/// Never fails to return: a document that could not be parsed says why in `ctoml_error`. NULL only without memory.
ctoml_document *ctoml_parse(const char *text, size_t length);

/// The events of the whole document, its root table included; empty after an error.
const ctoml_event *ctoml_events(const ctoml_document *document, size_t *count);

/// What is wrong and where, or NULL; lives as long as the document.
const char *ctoml_error(const ctoml_document *document, uint32_t *line, uint32_t *column);

void ctoml_free(ctoml_document *document);

#ifdef __cplusplus
}
#endif
