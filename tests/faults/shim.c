/* Preloaded by tests: counts the calls that change files below one folder, over all processes, and
 * at one of them kills the process, says that the disk is full, or says that it cannot be written.
 *
 * DATASPOR_FAULT_STATE names the shared state, see struct state and its twin in shim.py. Nothing
 * happens without it. What a write was given is written by half before the fault, so that torn
 * files are seen too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define KINDS (1 << 20)

enum { OFF, COUNT, KILL, FULL, BROKEN };

struct state {
    _Atomic int64_t count; /* calls so far */
    int64_t at;            /* the call, from 1, at which the fault happens */
    int32_t mode;
    _Atomic int32_t happened;
    char folder[1024]; /* calls on paths below it count */
    char kinds[KINDS]; /* what each call was */
};

static struct state *state;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("DATASPOR_FAULT_STATE");
    if (!path) return;
    int fd = (int)open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *found = mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (found != MAP_FAILED) state = found;
    close(fd);
}

static int below(const char *path) {
    size_t length = strlen(state->folder);
    return length && strncmp(path, state->folder, length) == 0 && path[length] == '/';
}

static int below_at(int folder, const char *path) {
    char link[64], whole[PATH_MAX * 2];
    if (path[0] == '/') return below(path);
    if (folder == AT_FDCWD) {
        if (!getcwd(whole, PATH_MAX)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, whole, PATH_MAX);
        if (length < 0) return 0;
        whole[length] = 0;
    }
    strcat(whole, "/");
    strncat(whole, path, PATH_MAX - 1);
    return below(whole);
}

static int below_fd(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* Whether this call is to fail; kills where it is to kill. Kinds that free or need no space go on
 * when the disk is full: r rename, u unlink, s sync. */
static int fails(char kind) {
    int64_t number = atomic_fetch_add(&state->count, 1) + 1;
    if (number <= KINDS) state->kinds[number - 1] = kind;
    if (state->mode <= COUNT || number < state->at) return 0;
    if (state->mode == FULL) { /* from here on */
        if (strchr("rus", kind)) return 0;
        atomic_store(&state->happened, 1);
        errno = ENOSPC;
        return 1;
    }
    if (number != state->at) return 0;
    atomic_store(&state->happened, 1);
    if (state->mode == KILL) {
        if (kind == 'w') return 1; /* the caller writes one half first */
        kill(getpid(), SIGKILL);
    }
    errno = EIO;
    return 1;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define ACTIVE (state && state->mode != OFF)

static ssize_t after_half(ssize_t written) {
    (void)written;
    if (state->mode == KILL) kill(getpid(), SIGKILL);
    errno = state->mode == FULL ? ENOSPC : EIO;
    return -1;
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (ACTIVE && below_fd(fd) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(fd, data, size / 2));
    return real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    if (ACTIVE && below_fd(fd) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(fd, data, size / 2, at));
    return real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (ACTIVE && below_fd(fd) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(fd, data, size / 2, at));
    return real(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    if (ACTIVE && below_fd(fd) && fails('w')) return after_half(0);
    return real(fd, parts, count);
}

ssize_t sendfile(int to, int from, off_t *at, size_t size) {
    REAL(sendfile);
    if (ACTIVE && below_fd(to) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(to, from, at, size / 2));
    return real(to, from, at, size);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
    REAL(sendfile64);
    if (ACTIVE && below_fd(to) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(to, from, at, size / 2));
    return real(to, from, at, size);
}

ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t size, unsigned flags) {
    REAL(copy_file_range);
    if (ACTIVE && below_fd(to) && fails('w'))
        return after_half(state->mode == FULL ? 0 : real(from, a, to, b, size / 2, flags));
    return real(from, a, to, b, size, flags);
}

#define OPENS(name, at_arguments, is_below, call) \
    int name at_arguments { \
        REAL(name); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        if (ACTIVE && (flags & O_ACCMODE) != O_RDONLY && (is_below) && fails('o')) return -1; \
        return call; \
    }

OPENS(open, (const char *path, int flags, ...), below_at(AT_FDCWD, path), real(path, flags, mode))
OPENS(open64, (const char *path, int flags, ...), below_at(AT_FDCWD, path), real(path, flags, mode))
OPENS(openat, (int folder, const char *path, int flags, ...), below_at(folder, path),
      real(folder, path, flags, mode))
OPENS(openat64, (int folder, const char *path, int flags, ...), below_at(folder, path),
      real(folder, path, flags, mode))

FILE *fopen64(const char *path, const char *mode) {
    REAL(fopen64);
    if (ACTIVE && mode[0] != 'r' && below_at(AT_FDCWD, path) && fails('o')) return NULL;
    return real(path, mode);
}

#define CHANGES(kind, is_below, name, arguments, call) \
    int name arguments { \
        REAL(name); \
        if (ACTIVE && (is_below) && fails(kind)) return -1; \
        return real call; \
    }

CHANGES('r', below_at(AT_FDCWD, b), rename, (const char *a, const char *b), (a, b))
CHANGES('r', below_at(g, b), renameat, (int f, const char *a, int g, const char *b), (f, a, g, b))
CHANGES('r', below_at(g, b), renameat2,
        (int f, const char *a, int g, const char *b, unsigned flags), (f, a, g, b, flags))
CHANGES('u', below_at(AT_FDCWD, a), unlink, (const char *a), (a))
CHANGES('u', below_at(f, a), unlinkat, (int f, const char *a, int flags), (f, a, flags))
CHANGES('u', below_at(AT_FDCWD, a), rmdir, (const char *a), (a))
CHANGES('l', below_at(AT_FDCWD, b), symlink, (const char *a, const char *b), (a, b))
CHANGES('l', below_at(g, b), symlinkat, (const char *a, int g, const char *b), (a, g, b))
CHANGES('l', below_at(AT_FDCWD, b), link, (const char *a, const char *b), (a, b))
CHANGES('d', below_at(AT_FDCWD, a), mkdir, (const char *a, mode_t mode), (a, mode))
CHANGES('d', below_at(f, a), mkdirat, (int f, const char *a, mode_t mode), (f, a, mode))
CHANGES('s', below_fd(fd), fsync, (int fd), (fd))
CHANGES('s', below_fd(fd), fdatasync, (int fd), (fd))
CHANGES('t', below_fd(fd), ftruncate64, (int fd, off64_t size), (fd, size))
CHANGES('t', below_fd(fd), ftruncate, (int fd, off_t size), (fd, size))
