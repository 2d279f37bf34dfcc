#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "chat.h"
#include "date.h"
#include "mem.h"
#include "sms_text.h"
#include "text.h"

enum { BOX_COUNT = CHANNEL_COUNT };
static const char *const box_name[BOX_COUNT] = {"mail", "sms", "chat"};
static const char *const box_suffix[BOX_COUNT] = {"eml", "json", "json"};

struct spool {
	int dir[BOX_COUNT];
	unsigned long last[BOX_COUNT];
};

static unsigned long find_last(int dir, const char *suffix)
{
	unsigned long last = 0;
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	if (!stream) {
		if (copy >= 0)
			close(copy);
		return 0;
	}
	for (const struct dirent *e; (e = readdir(stream));) {
		char *end;
		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		unsigned long n = strtoul(e->d_name, &end, 10);
		if (*end == '.' && strcmp(end + 1, suffix) == 0 && n > last && n < 1000000000)
			last = n;
	}
	closedir(stream);
	return last;
}

static enum rc open_box(struct spool *s, int root, const char *dir, enum channel c, struct diag *d)
{
	if (mkdirat(root, box_name[c], 0755) && errno != EEXIST)
		return diag_set_errno(d, RC_IO, errno, N_("cannot make %s/%s"), dir, box_name[c]);
	s->dir[c] = openat(root, box_name[c], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dir[c] < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s/%s"), dir, box_name[c]);
	s->last[c] = find_last(s->dir[c], box_suffix[c]);
	return RC_OK;
}

enum rc spool_new(const char *dir, struct spool **ret, struct diag *d)
{
	struct spool *s = mem_new(1, sizeof *s);
	for (enum channel c = 0; c < CHANNEL_COUNT; c++)
		s->dir[c] = -1;
	enum rc rc = RC_OK;
	int root = -1;
	if (mkdir(dir, 0755) && errno != EEXIST) {
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot make %s"), dir);
		goto out;
	}
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), dir);
		goto out;
	}
	for (enum channel c = 0; !rc && c < CHANNEL_COUNT; c++)
		rc = open_box(s, root, dir, c, d);
out:
	if (root >= 0)
		close(root);
	if (rc) {
		spool_free(s);
		return rc;
	}
	*ret = s;
	return RC_OK;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	for (enum channel c = 0; c < CHANNEL_COUNT; c++) {
		if (s->dir[c] >= 0)
			close(s->dir[c]);
	}
	free(s);
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* errno on failure, else 0. */
static int put_file(
	struct spool *s, enum channel c, const char *data, size_t len, char *ret_name, size_t size)
{
	char name[32];
	const char *temporary = ".new";
	snprintf(name, sizeof name, "%04lu.%s", s->last[c] + 1, box_suffix[c]);
	int fd = openat(
		s->dir[c], temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	int err = write_all(fd, data, len) ? 0 : errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && renameat(s->dir[c], temporary, s->dir[c], name))
		err = errno;
	if (err) {
		unlinkat(s->dir[c], temporary, 0);
		return err;
	}
	s->last[c]++;
	snprintf(ret_name, size, "%s/%s", box_name[c], name);
	return 0;
}

static void format_utc(struct instant at, char *ret, size_t size)
{
	char day[DATE_TEXT_SIZE];
	int64_t s = at.s % DAY_S, days = at.s / DAY_S;
	if (s < 0) {
		s += DAY_S;
		days--;
	}
	date_format((struct date){(int32_t)days}, day);
	snprintf(ret, size, "%sT%02d:%02d:%02dZ", day, (int)(s / 3600), (int)(s / 60 % 60),
		(int)(s % 60));
}

/* The values behind the text, in the order of the settings; NULL if there are none. */
static json_t *take_variables(char *frozen)
{
	char *next = strchr(frozen, SMS_VARIABLE_MARK);
	json_t *list = next ? json_array() : NULL;
	while (next) {
		*next++ = '\0';
		char *end = strchr(next, SMS_VARIABLE_MARK);
		size_t len = end ? (size_t)(end - next) : strlen(next);
		json_array_append_new(list, json_stringn(next, len));
		next = end;
	}
	return list;
}

static char *make_sms(const struct delivery *job, const char *sign)
{
	struct arena a = ARENA_INIT;
	char at[48];
	char *frozen = arena_strndup(&a, job->bytes, job->len);
	json_t *variables = take_variables(frozen);
	const char *text = sms_sign(sign, frozen, &a);
	struct sms_size size = sms_measure(text);
	format_utc(job->at, at, sizeof at);
	json_t *o =
		json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:s?, s:s?, s:s}", "to", job->recipient,
			"text", text, "sign", sign, "units", (json_int_t)size.utf16, "segments",
			(json_int_t)size.segments_cn, "segments_intl", (json_int_t)size.segments,
			"person", job->person_id, "client_ref", job->client_ref, "at", at);
	if (o && variables)
		json_object_set(o, "variables", variables);
	json_decref(variables);
	char *out = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	arena_done(&a);
	return out;
}

static char *make_chat(const struct delivery *job, const char *keyword)
{
	struct arena a = ARENA_INIT;
	char at[48];
	const char *text = arena_strndup(&a, job->bytes, job->len);
	format_utc(job->at, at, sizeof at);
	json_t *o = json_pack("{s:s, s:s, s:s?, s:s}", "to", job->recipient, "text",
		chat_text(text, keyword, &a), "client_ref", job->client_ref, "at", at);
	char *out = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	arena_done(&a);
	return out;
}

void spool_put(struct spool *s, const struct delivery *job, const char *sign, struct outcome *ret)
{
	struct outcome o = {.class = OUTCOME_SENT};
	int err;
	if (job->channel != CHANNEL_EMAIL) {
		char *json = job->channel == CHANNEL_SMS ? make_sms(job, sign)
							 : make_chat(job, sign);
		if (!json) {
			o.class = OUTCOME_DEAD;
			o.fault = FAULT_MESSAGE;
			snprintf(o.reason, sizeof o.reason, "the text is not UTF-8");
			*ret = o;
			return;
		}
		err = put_file(s, job->channel, json, strlen(json), o.peer_id, sizeof o.peer_id);
		free(json);
	} else {
		err = put_file(s, CHANNEL_EMAIL, job->bytes, job->len, o.peer_id, sizeof o.peer_id);
	}
	if (err) {
		o.class = OUTCOME_RETRY;
		o.fault = FAULT_CONFIG;
		snprintf(o.reason, sizeof o.reason, "%s: %s", N_("the spool cannot be written"),
			strerror(err));
	} else {
		snprintf(o.reason, sizeof o.reason, "%s: %s", N_("written to a file"), o.peer_id);
	}
	*ret = o;
}
