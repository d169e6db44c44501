// Set-up puts DuckDB's header into the checkout; an installed one serves when set-up found it good enough.
#pragma once
#if __has_include("../../.deps/duckdb/include/duckdb.h")
#include "../../.deps/duckdb/include/duckdb.h"
#else
#include <duckdb.h>
#endif
