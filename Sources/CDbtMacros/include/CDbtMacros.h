// The built-in macro library: the .sql files beside this folder, embedded in the binary.
#ifndef CDBTMACROS_H
#define CDBTMACROS_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// One file of macros.
struct pintail_macro_file {
    /// `dbt` or `dbt_duckdb`.
    const char *package;
    /// What messages call it.
    const char *path;
    const char *text;
    size_t length;
};

extern const struct pintail_macro_file *pintail_macro_file(size_t place);
extern size_t pintail_macro_file_count(void);

#pragma clang assume_nonnull end
#endif
