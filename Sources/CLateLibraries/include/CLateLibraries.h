#pragma once

/// Loads DuckDB now, which takes about 10 ms, instead of at the first call of one of its functions.
///
/// Any thread may call it, and any number of times.
void pintail_load_duckdb(void);

/// Keeps the heaps of this process few, where many threads mostly wait for each other and memory counts.
///
/// To be called while no other thread runs, and before DuckDB is loaded: it changes the environment.
void pintail_keep_heaps_few(void);
