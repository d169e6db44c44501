// Loads a library when one of its functions is called for the first time.
//
// Linking them costs 16 ms at every start, as much as many a command takes: DuckDB's library asks the loader to look up
// 40,000 names, and libpq, libarchive and libmicrohttpd bring 35 more libraries along.

#include "CLateLibraries.h"
#include "late.h"

#if LOADS_LATE

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

struct library {
    const char *file;
    const char *other;
    void *handle;
};

#define BEGIN(id, file, other) struct library pintail_late_##id = {file, other, NULL};
#define FUNCTION(id, name)
#include "functions.h"
#undef BEGIN
#undef FUNCTION

/// What calls.S keeps for a function.
struct slot {
    void *function;
    const char *name;
    struct library *library;
};

/// There is no way back from a call: this ends the program as the loader would have ended it.
static _Noreturn void give_up(const char *library) {
    const char *reason = dlerror();
    fprintf(stderr, "error: %s cannot be loaded: %s\n", library, reason ? reason : "it has another version");
    _exit(127);
}

/// Two threads that come here at once both get the same handle: dlopen has a lock of its own.
static void *handle(struct library *library) {
    void *known = __atomic_load_n(&library->handle, __ATOMIC_ACQUIRE);
    if (known) return known;
    // DuckDB's extensions have always found its names; those of the others are nobody's business.
    int flags = RTLD_LAZY | (library == &pintail_late_duckdb ? RTLD_GLOBAL : RTLD_LOCAL);
#ifdef RTLD_DEEPBIND
    // Most of the 66,000 names that DuckDB's library looks up are its own: asked first, it answers in three quarters of
    // the time. It defines no allocator, so nothing is taken from one heap and given to another.
    if (library == &pintail_late_duckdb) flags |= RTLD_DEEPBIND;
#endif
    void *found = dlopen(library->file, flags);
    if (!found) found = dlopen(library->other, flags);
    if (!found) found = dlopen(library->file, flags);
    if (!found) give_up(library->file);
    __atomic_store_n(&library->handle, found, __ATOMIC_RELEASE);
    return found;
}

/// The function of a slot, which is filled for the next call.
void *pintail_late_function(struct slot *slot) {
    void *found = dlsym(handle(slot->library), slot->name);
    if (!found) give_up(slot->library->file);
    __atomic_store_n(&slot->function, found, __ATOMIC_RELEASE);
    return found;
}

void pintail_load_duckdb(void) { handle(&pintail_late_duckdb); }

void pintail_keep_heaps_few(void) {
    // glibc gives each thread that allocates a heap, and lets all but the first grow page by page, a system call each.
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
    // By itself it would keep texts of many megabytes, an artifact whole, once the first of them was freed.
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
    // The jemalloc in DuckDB has four arenas for a core and keeps for seconds what is freed in each, pieces of up to 8 MB:
    // a small build is 10 MB larger by it, and a large query takes the same time with fewer. The 2 MB that each GROUP BY
    // and each count of distinct values begins with are kept for a moment: given back by every statement and asked for
    // again by the next, they cost a small build a sixth of its time.
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    char few[128];
    const char *kept = "oversize_threshold:3145728,lg_tcache_max:13,dirty_decay_ms:100,muzzy_decay_ms:0";
    snprintf(few, sizeof few, "narenas:%ld,%s", cores > 3 ? cores / 2 : 1, kept);
    setenv("DUCKDB_JE_MALLOC_CONF", few, 0);
}

#else

void pintail_load_duckdb(void) {}

void pintail_keep_heaps_few(void) {}

#endif
