/*
 * fault_vfs - a disk that fails at its Nth operation, or loses power there
 *
 * A VFS over the default one.  It counts what changes the disk (write, sync, truncate, delete, shared
 * memory).  Syncs are not passed on; instead it remembers what was synced and what is only written,
 * so that fault_lose_power can make the files what a disk may hold after the current went: all that
 * was synced and any part of the rest, torn writes among it.
 */
#ifndef TESTS_FAULT_VFS_H
#define TESTS_FAULT_VFS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "mem.h"

enum fault_mode { FAULT_OFF, FAULT_IO_ONCE, FAULT_FULL_ONCE, FAULT_IO_FROM };

static struct {
	enum fault_mode mode;
	long at, n; /* the operation that fails, those so far */
	bool hit;
} fault;

struct fault_op {
	int64_t at;
	size_t len;
	char *bytes; /* NULL: truncate to `at` */
};
struct fault_disk {
	char path[200];
	char *synced;
	size_t synced_len;
	struct fault_op op[4000];
	size_t n_ops;
};
static struct fault_disk fault_disk[8];

struct fault_file {
	sqlite3_file base;
	struct fault_disk *disk; /* NULL: not a file that is kept */
	sqlite3_file *real;
};

static sqlite3_vfs *fault_real, fault_vfs;

static int fault_now(int full)
{
	if (fault.mode == FAULT_OFF)
		return SQLITE_OK;
	fault.n++;
	if (fault.n < fault.at || (fault.mode != FAULT_IO_FROM && fault.n > fault.at))
		return SQLITE_OK;
	fault.hit = true;
	return fault.mode == FAULT_FULL_ONCE ? full : SQLITE_IOERR;
}

/* ---- what the disk holds ----------------------------------------------------------------------- */

static void fault_apply(struct fault_disk *k, const struct fault_op *op, size_t len)
{
	size_t end = (size_t)op->at + (op->bytes ? len : 0);
	if (!op->bytes ? end != k->synced_len : end > k->synced_len) {
		k->synced = mem_grow(k->synced, end + 1, 1);
		if (end > k->synced_len)
			memset(k->synced + k->synced_len, 0, end - k->synced_len);
		k->synced_len = end;
	}
	if (op->bytes)
		memcpy(k->synced + op->at, op->bytes, len);
}

static void fault_forget(struct fault_disk *k)
{
	for (size_t i = 0; i < k->n_ops; i++)
		free(k->op[i].bytes);
	k->n_ops = 0;
}

static void fault_remember(struct fault_disk *k, int64_t at, const void *bytes, size_t len)
{
	if (!k)
		return;
	if (k->n_ops == sizeof k->op / sizeof *k->op)
		abort();
	struct fault_op *op = &k->op[k->n_ops++];
	*op = (struct fault_op){at, len, bytes ? memcpy(mem_new(len + 1, 1), bytes, len) : NULL};
}

static struct fault_disk *fault_find(const char *path)
{
	for (size_t i = 0; i < 8; i++)
		if (strcmp(fault_disk[i].path, path) == 0)
			return &fault_disk[i];
	return NULL;
}

static struct fault_disk *fault_keep(const char *path)
{
	struct fault_disk *k = fault_find(path);
	if (k)
		return k;
	k = fault_find("");
	if (!k)
		abort();
	snprintf(k->path, sizeof k->path, "%s", path);
	return k;
}

/* Nothing is known of any file: the next ones are new. */
static void fault_reset(void)
{
	for (size_t i = 0; i < 8; i++) {
		fault_forget(&fault_disk[i]);
		free(fault_disk[i].synced);
		fault_disk[i].path[0] = '\0';
		fault_disk[i].synced = NULL;
		fault_disk[i].synced_len = 0;
	}
	memset(&fault, 0, sizeof fault);
}

/* keep: 0 nothing that was not synced, 1 everything, 2 any part of it. */
static bool fault_lose_power(int keep, unsigned *seed)
{
	bool lost = false;
	for (struct fault_disk *k = fault_disk; k < fault_disk + 8; k++) {
		if (!k->path[0] || access(k->path, F_OK) != 0)
			continue;
		for (size_t i = 0; i < k->n_ops; i++) {
			int luck = keep == 2 ? rand_r(seed) % 3 : keep;
			size_t len = luck == 2 ? k->op[i].len / 2 : k->op[i].len;
			lost |= luck != 1;
			if (luck)
				fault_apply(k, &k->op[i], len);
		}
		fault_forget(k);
		int fd = open(k->path, O_WRONLY | O_TRUNC);
		if (fd < 0 || write(fd, k->synced ? k->synced : "", k->synced_len) !=
				      (ssize_t)k->synced_len)
			abort();
		close(fd);
	}
	return lost;
}

/* ---- files ------------------------------------------------------------------------------------- */

#define REAL(f) (((struct fault_file *)(f))->real)
#define DISK(f) (((struct fault_file *)(f))->disk)

static int fault_close(sqlite3_file *f)
{
	return REAL(f)->pMethods ? REAL(f)->pMethods->xClose(REAL(f)) : SQLITE_OK;
}

static int fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

static int fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int code = fault_now(SQLITE_FULL);
	if (code == SQLITE_OK)
		code = REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
	if (code == SQLITE_OK)
		fault_remember(DISK(f), at, p, (size_t)n);
	return code;
}

static int fault_truncate(sqlite3_file *f, sqlite3_int64 at)
{
	int code = fault_now(SQLITE_OK);
	if (code == SQLITE_OK)
		code = REAL(f)->pMethods->xTruncate(REAL(f), at);
	if (code == SQLITE_OK)
		fault_remember(DISK(f), at, NULL, 0);
	return code;
}

static int fault_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	struct fault_disk *k = DISK(f);
	int code = fault_now(SQLITE_OK);
	if (code != SQLITE_OK || !k)
		return code;
	for (size_t i = 0; i < k->n_ops; i++)
		fault_apply(k, &k->op[i], k->op[i].len);
	fault_forget(k);
	return SQLITE_OK;
}

static int fault_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), ret);
}

static int fault_lock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int fault_unlock(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int fault_check_lock(sqlite3_file *f, int *ret)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), ret);
}

static int fault_control(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int fault_sector(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int fault_traits(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	int code = extend ? fault_now(SQLITE_OK) : SQLITE_OK;
	return code ? code : REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, ret);
}

static int fault_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}

static void fault_shm_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int fault_shm_unmap(sqlite3_file *f, int remove)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static const sqlite3_io_methods FAULT_METHODS = {2, fault_close, fault_read, fault_write,
	fault_truncate, fault_sync, fault_size, fault_lock, fault_unlock, fault_check_lock,
	fault_control, fault_sector, fault_traits, fault_shm_map, fault_shm_lock, fault_shm_barrier,
	fault_shm_unmap, NULL, NULL};

static int fault_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	(void)v;
	struct fault_file *file = (struct fault_file *)f;
	*file = (struct fault_file){.real = (sqlite3_file *)(file + 1)};
	int code = fault_real->xOpen(fault_real, name, file->real, flags, ret_flags);
	if (code == SQLITE_OK && name)
		file->disk = fault_keep(name);
	file->base.pMethods = file->real->pMethods ? &FAULT_METHODS : NULL;
	return code;
}

static int fault_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
	(void)v;
	(void)sync_dir;
	int code = fault_now(SQLITE_OK);
	struct fault_disk *k = fault_find(name);
	if (code == SQLITE_OK)
		code = fault_real->xDelete(fault_real, name, 0);
	if (code == SQLITE_OK && k) {
		fault_forget(k);
		k->synced_len = 0;
	}
	return code;
}

/* From now on every database of this process is on this disk. */
static void fault_install(void)
{
	fault_real = sqlite3_vfs_find(NULL);
	fault_vfs = *fault_real;
	fault_vfs.zName = "fault";
	fault_vfs.szOsFile = (int)sizeof(struct fault_file) + fault_real->szOsFile;
	fault_vfs.xOpen = fault_open;
	fault_vfs.xDelete = fault_delete;
	sqlite3_vfs_register(&fault_vfs, 1);
}

#endif
