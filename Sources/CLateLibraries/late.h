// Loading late is done where it was tried: elsewhere the libraries are linked as usual (Package.swift decides likewise).
#if defined(__linux__) && defined(__x86_64__)
#define LOADS_LATE 1
#else
#define LOADS_LATE 0
#endif
