#include "CDbtMacros.h"

// #embed is C23; Clang knows it in every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char dbt_building[] = {
#embed "dbt/building.sql"
};
static const char dbt_columns[] = {
#embed "dbt/columns.sql"
};
static const char dbt_comments[] = {
#embed "dbt/comments.sql"
};
static const char dbt_contracts[] = {
#embed "dbt/contracts.sql"
};
static const char dbt_dates[] = {
#embed "dbt/dates.sql"
};
static const char dbt_grants[] = {
#embed "dbt/grants.sql"
};
static const char dbt_hooks[] = {
#embed "dbt/hooks.sql"
};
static const char dbt_incremental[] = {
#embed "dbt/incremental.sql"
};
static const char dbt_metadata[] = {
#embed "dbt/metadata.sql"
};
static const char dbt_names[] = {
#embed "dbt/names.sql"
};
static const char dbt_relations[] = {
#embed "dbt/relations.sql"
};
static const char dbt_seeds[] = {
#embed "dbt/seeds.sql"
};
static const char dbt_sets[] = {
#embed "dbt/sets.sql"
};
static const char dbt_snapshots[] = {
#embed "dbt/snapshots.sql"
};
static const char dbt_statements[] = {
#embed "dbt/statements.sql"
};
static const char dbt_tables[] = {
#embed "dbt/tables.sql"
};
static const char dbt_tests[] = {
#embed "dbt/tests.sql"
};
static const char dbt_text[] = {
#embed "dbt/text.sql"
};
static const char dbt_types[] = {
#embed "dbt/types.sql"
};
static const char dbt_unit_tests[] = {
#embed "dbt/unit_tests.sql"
};
static const char duckdb_catalog[] = {
#embed "duckdb/catalog.sql"
};
static const char duckdb_external[] = {
#embed "duckdb/external.sql"
};
static const char duckdb_functions[] = {
#embed "duckdb/functions.sql"
};
static const char duckdb_incremental[] = {
#embed "duckdb/incremental.sql"
};
static const char duckdb_merge[] = {
#embed "duckdb/merge.sql"
};
static const char duckdb_relations[] = {
#embed "duckdb/relations.sql"
};
static const char duckdb_seeds[] = {
#embed "duckdb/seeds.sql"
};
static const char duckdb_snapshots[] = {
#embed "duckdb/snapshots.sql"
};
static const char duckdb_tables[] = {
#embed "duckdb/tables.sql"
};

#define FILE_OF(package, path, name) { package, path, name, sizeof name }

static const struct pintail_macro_file files[] = {
    FILE_OF("dbt", "macros/building.sql", dbt_building),
    FILE_OF("dbt", "macros/columns.sql", dbt_columns),
    FILE_OF("dbt", "macros/comments.sql", dbt_comments),
    FILE_OF("dbt", "macros/contracts.sql", dbt_contracts),
    FILE_OF("dbt", "macros/dates.sql", dbt_dates),
    FILE_OF("dbt", "macros/grants.sql", dbt_grants),
    FILE_OF("dbt", "macros/hooks.sql", dbt_hooks),
    FILE_OF("dbt", "macros/incremental.sql", dbt_incremental),
    FILE_OF("dbt", "macros/metadata.sql", dbt_metadata),
    FILE_OF("dbt", "macros/names.sql", dbt_names),
    FILE_OF("dbt", "macros/relations.sql", dbt_relations),
    FILE_OF("dbt", "macros/seeds.sql", dbt_seeds),
    FILE_OF("dbt", "macros/sets.sql", dbt_sets),
    FILE_OF("dbt", "macros/snapshots.sql", dbt_snapshots),
    FILE_OF("dbt", "macros/statements.sql", dbt_statements),
    FILE_OF("dbt", "macros/tables.sql", dbt_tables),
    FILE_OF("dbt", "macros/tests.sql", dbt_tests),
    FILE_OF("dbt", "macros/text.sql", dbt_text),
    FILE_OF("dbt", "macros/types.sql", dbt_types),
    FILE_OF("dbt", "macros/unit_tests.sql", dbt_unit_tests),
    FILE_OF("dbt_duckdb", "macros/catalog.sql", duckdb_catalog),
    FILE_OF("dbt_duckdb", "macros/external.sql", duckdb_external),
    FILE_OF("dbt_duckdb", "macros/functions.sql", duckdb_functions),
    FILE_OF("dbt_duckdb", "macros/incremental.sql", duckdb_incremental),
    FILE_OF("dbt_duckdb", "macros/merge.sql", duckdb_merge),
    FILE_OF("dbt_duckdb", "macros/relations.sql", duckdb_relations),
    FILE_OF("dbt_duckdb", "macros/seeds.sql", duckdb_seeds),
    FILE_OF("dbt_duckdb", "macros/snapshots.sql", duckdb_snapshots),
    FILE_OF("dbt_duckdb", "macros/tables.sql", duckdb_tables),
};

const struct pintail_macro_file *pintail_macro_file(size_t place) { return &files[place]; }
size_t pintail_macro_file_count(void) { return sizeof files / sizeof files[0]; }
