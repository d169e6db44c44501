#pragma once

/// Loads DuckDB now, which takes about 10 ms, instead of at the first call of one of its functions.
///
/// Any thread may call it, and any number of times.
void pintail_load_duckdb(void);
