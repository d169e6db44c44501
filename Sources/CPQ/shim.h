#pragma once
// Where nobody is asked for libpq's folder, it is looked for where Debian has it.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
