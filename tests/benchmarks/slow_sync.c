/* Makes every fsync and fdatasync 5 ms longer, as on a disk that means it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_5_ms(void) {
    struct timespec left = {0, 5000000};
    while (nanosleep(&left, &left)) {}
}

#define SLOW(name)                                        \
    int name(int file) {                                  \
        int (*real)(int) = dlsym(RTLD_NEXT, #name);       \
        int result = real(file);                          \
        wait_5_ms();                                      \
        return result;                                    \
    }

SLOW(fsync)
SLOW(fdatasync)
