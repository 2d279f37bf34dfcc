/*
 * power_vfs - puts on record what SQLite writes and syncs, preloaded into the daemon
 *
 * The default VFS becomes one that hands everything to the one before it and appends each write,
 * truncation, sync and deletion of deadlined.db and its log to $CRASH_POWER_LOG, so that power.py can
 * make the files that a loss of power at any moment may leave.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum op { OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_DELETE };
enum { NOT_OURS = -1, DATABASE, WAL, JOURNAL };

struct record {
	uint32_t op, file;
	int64_t mono, at;
	uint64_t len;
};

struct recorded_file {
	sqlite3_file base;
	int which;
	sqlite3_file *real;
};

static int log_fd = -1;
static sqlite3_vfs *under, over;

static void note(enum op op, int file, int64_t at, const void *data, size_t len)
{
	struct timespec ts;
	if (log_fd < 0 || file == NOT_OURS)
		return;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	struct record r = {
		op, (uint32_t)file, (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec, at, len};
	struct iovec v[] = {{&r, sizeof r}, {(void *)data, len}};
	if (writev(log_fd, v, len ? 2 : 1) != (ssize_t)(sizeof r + len))
		abort();
}

static int has_suffix(const char *name, const char *suffix)
{
	size_t n = name ? strlen(name) : 0, k = strlen(suffix);
	return n >= k && strcmp(name + n - k, suffix) == 0;
}

static int which_of(const char *name)
{
	if (has_suffix(name, "/deadlined.db"))
		return DATABASE;
	if (has_suffix(name, "/deadlined.db-wal"))
		return WAL;
	return has_suffix(name, "/deadlined.db-journal") ? JOURNAL : NOT_OURS;
}

static struct recorded_file *of(sqlite3_file *f)
{
	return (struct recorded_file *)f;
}

/* ---- noted ---------------------------------------------------------------------------------------- */

static int file_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
	note(OP_WRITE, of(f)->which, at, data, (size_t)n);
	return of(f)->real->pMethods->xWrite(of(f)->real, data, n, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	note(OP_TRUNCATE, of(f)->which, size, NULL, 0);
	return of(f)->real->pMethods->xTruncate(of(f)->real, size);
}

/* On record once it is done: what was written before may only then be relied on. */
static int file_sync(sqlite3_file *f, int flags)
{
	int code = of(f)->real->pMethods->xSync(of(f)->real, flags);
	if (code == SQLITE_OK)
		note(OP_SYNC, of(f)->which, 0, NULL, 0);
	return code;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	(void)v;
	note(OP_DELETE, which_of(name), sync, NULL, 0);
	return under->xDelete(under, name, sync);
}

/* ---- handed on ------------------------------------------------------------------------------------ */

static int file_close(sqlite3_file *f)
{
	return of(f)->real->pMethods->xClose(of(f)->real);
}
static int file_read(sqlite3_file *f, void *data, int n, sqlite3_int64 at)
{
	return of(f)->real->pMethods->xRead(of(f)->real, data, n, at);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return of(f)->real->pMethods->xFileSize(of(f)->real, ret);
}
static int file_lock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xLock(of(f)->real, level);
}
static int file_unlock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}
static int file_check_lock(sqlite3_file *f, int *ret)
{
	return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, ret);
}
static int file_control(sqlite3_file *f, int op, void *arg)
{
	return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}
static int file_sector_size(sqlite3_file *f)
{
	return of(f)->real->pMethods->xSectorSize(of(f)->real);
}
static int file_characteristics(sqlite3_file *f)
{
	return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}
static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, ret);
}
static int file_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return of(f)->real->pMethods->xShmLock(of(f)->real, at, n, flags);
}
static void file_shm_barrier(sqlite3_file *f)
{
	of(f)->real->pMethods->xShmBarrier(of(f)->real);
}
static int file_shm_unmap(sqlite3_file *f, int remove)
{
	return of(f)->real->pMethods->xShmUnmap(of(f)->real, remove);
}

static const sqlite3_io_methods METHODS = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	(void)v;
	struct recorded_file *r = of(f);
	r->base.pMethods = NULL;
	r->which = which_of(name);
	r->real = (sqlite3_file *)(r + 1);
	int code = under->xOpen(under, name, r->real, flags, ret_flags);
	if (r->real->pMethods)
		r->base.pMethods = &METHODS;
	return code;
}

__attribute__((constructor)) static void set_up(void)
{
	const char *path = getenv("CRASH_POWER_LOG");
	under = sqlite3_vfs_find(NULL);
	if (!path || !under)
		return;
	log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	over = *under;
	over.zName = "power";
	over.szOsFile = (int)sizeof(struct recorded_file) + under->szOsFile;
	over.xOpen = vfs_open;
	over.xDelete = vfs_delete;
	sqlite3_vfs_register(&over, 1);
}
