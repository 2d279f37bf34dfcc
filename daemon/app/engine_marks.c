#include "engine_marks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_state.h"
#include "paths.h"
#include "text.h"

#define FILE_NAME "rendering"
#define HEAD "rendering 1\n"
#define END "end\n"
#define IN_HAND "in-hand "
#define SUSPECT "suspect "
#define MESSAGE "message/"

enum { SUSPECTS_MAX = 200, FILE_MAX = 64 * 1024 };

/* ---- suspects ---------------------------------------------------------------------------------- */

static struct suspect *find(const struct render_marks *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->suspect[i].name, name) == 0)
			return &m->suspect[i];
	return NULL;
}

static void add(struct render_marks *m, const char *name, int ends)
{
	struct suspect *old = find(m, name);
	if (old) {
		old->ends += ends;
		return;
	}
	if (m->n == SUSPECTS_MAX || !*name || strlen(name) >= MARKS_NAME_SIZE)
		return;
	m->suspect = mem_grow(m->suspect, m->n + 1, sizeof *m->suspect);
	struct suspect *x = &m->suspect[m->n++];
	*x = (struct suspect){.ends = ends};
	memcpy(x->name, name, strlen(name) + 1);
}

static void drop(struct render_marks *m, const char *name)
{
	struct suspect *x = find(m, name);
	if (x)
		*x = m->suspect[--m->n];
}

bool engine_marks_suspects(const struct engine *e, const char *key)
{
	return find(&e->marks, key) != NULL;
}

/* ---- the file ---------------------------------------------------------------------------------- */

/* What stands behind the end is from before.  It cannot be cut short by anything but a loss of power: without
 * its end it says nothing. */
static void write_file(const struct render_marks *m)
{
	struct buf b;
	if (m->fd < 0)
		return;
	buf_init(&b, FILE_MAX);
	buf_puts(&b, HEAD);
	for (size_t i = 0; i < m->n; i++)
		buf_printf(&b, SUSPECT "%d %s\n", m->suspect[i].ends, m->suspect[i].name);
	for (size_t i = 0; i < m->n_in_hand; i++)
		buf_printf(&b, IN_HAND "%s\n", m->in_hand[i]);
	buf_puts(&b, END);
	ssize_t written = pwrite(m->fd, b.data, b.len, 0);
	(void)written;
	buf_done(&b);
}

static void read_line(struct render_marks *m, char *line)
{
	char *name;
	if (text_has_prefix(line, IN_HAND)) {
		add(m, line + strlen(IN_HAND), 1);
	} else if (text_has_prefix(line, SUSPECT)) {
		long ends = strtol(line + strlen(SUSPECT), &name, 10);
		if (*name == ' ' && ends > 0 && ends <= MARKS_MAX)
			add(m, name + 1, (int)ends);
	}
}

static void read_file(struct render_marks *m)
{
	char *text = mem_new(FILE_MAX + 1, 1);
	ssize_t n = pread(m->fd, text, FILE_MAX, 0);
	char *end = n > 0 && text_has_prefix(text, HEAD) ? strstr(text, "\n" END) : NULL;
	if (end)
		*end = '\0';
	for (char *line = text, *next; end && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		read_line(m, line);
	}
	free(text);
}

void engine_marks_load(struct engine *e)
{
	char path[PATH_BYTES];
	struct render_marks *m = &e->marks;
	snprintf(path, sizeof path, "%s/" FILE_NAME, e->opt.state_dir);
	m->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (m->fd < 0)
		return;
	read_file(m);
	/* Counted, and no longer in hand. */
	write_file(m);
}

void engine_marks_done(struct engine *e)
{
	if (e->marks.fd >= 0)
		close(e->marks.fd);
	free(e->marks.suspect);
}

void engine_marks_begin(struct engine *e, const char *const *name, size_t n)
{
	e->marks.in_hand = name;
	e->marks.n_in_hand = n;
	write_file(&e->marks);
}

void engine_marks_end(struct engine *e)
{
	struct render_marks *m = &e->marks;
	for (size_t i = 0; i < m->n_in_hand; i++)
		drop(m, m->in_hand[i]);
	m->n_in_hand = 0;
	write_file(m);
}

const char *engine_marks_message(struct engine *e, int64_t id)
{
	return arena_printf(&e->tick, MESSAGE "%lld", (long long)id);
}

/* ---- set aside --------------------------------------------------------------------------------- */

/* What is set aside, for those who read about it. */
struct culprit {
	const char *obligation_id, *person_id;
	enum channel channel;
};

static enum rc set_message_aside(
	struct engine *e, const char *name, struct instant now, struct culprit *ret, struct diag *d)
{
	struct outbox_message m;
	int64_t id = strtoll(name + strlen(MESSAGE), NULL, 10);
	enum rc rc = outbox_get_state(e->store, id, &e->tick, &m, d);
	if (rc == RC_OK)
		rc = outbox_drop(e->store, id, MESSAGE_DEAD, ENGINE_WHY_ENDED, now, d);
	if (rc == RC_OK)
		rc = engine_go_round(e, &m, now, d);
	if (rc == RC_OK)
		*ret = (struct culprit){engine_marks_message(e, id), m.person_id, m.channel};
	return rc;
}

static enum rc set_reminder_aside(
	struct engine *e, const char *key, struct instant now, struct culprit *ret, struct diag *d)
{
	const struct outbox_reminder *row;
	size_t n;
	enum rc rc = outbox_due(e->store, now, &e->tick, &row, &n, d);
	if (rc == RC_OK)
		rc = outbox_supersede(e->store, key, ENGINE_WHY_ENDED, now, d);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		if (strcmp(row[i].key, key) == 0)
			*ret = (struct culprit){
				row[i].obligation_id, row[i].person_id, row[i].channel};
	return rc;
}

static enum rc tell(struct engine *e, const struct culprit *x, struct instant now, struct diag *d)
{
	const struct person *p = config_person(e->config, x->person_id);
	bool zh = strncmp(e->config->language, "en", 2) != 0;
	engine_tell(e, &(struct engine_event){.kind = EVENT_REFUSED,
			       .at = now,
			       .obligation = x->obligation_id,
			       .step = "",
			       .person = x->person_id,
			       .person_name = p ? p->name : x->person_id,
			       .channel = x->channel,
			       .text = ENGINE_WHY_ENDED,
			       .n = 1});
	/* No word of the text itself: it would be in this one, too. */
	const char *note = arena_printf(&e->tick,
		zh ? "生成一条提醒（%s，收件人%"
		     "s）的文本时，服务程序三次意外终止，该提醒已停止发送，请人工通知；"
		     "其余提醒照常发送"
		   : "the daemon ended three times while the text of a reminder (%s, for %s) was "
		     "being "
		     "made: it is not sent, please tell them by hand; the others go out as always",
		x->obligation_id, x->person_id);
	return engine_tell_admins(
		e, "alarm/rendering", note, BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS), now, d);
}

static enum rc set_aside(
	struct engine *e, const struct suspect *x, struct instant now, struct diag *d)
{
	struct culprit c = {"", "", CHANNEL_EMAIL};
	bool is_message = text_has_prefix(x->name, MESSAGE);
	enum rc rc = store_begin(e->store, d);
	if (rc)
		return rc;
	rc = is_message ? set_message_aside(e, x->name, now, &c, d)
			: set_reminder_aside(e, x->name, now, &c, d);
	if (rc == RC_OK)
		rc = tell(e, &c, now, d);
	if (rc == RC_OK)
		return store_commit(e->store, d);
	store_rollback(e->store);
	/* It went another way, or nobody wants it any more. */
	return rc == RC_STATE || rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc engine_marks_set_aside(struct engine *e, struct instant now, struct diag *d)
{
	struct render_marks *m = &e->marks;
	enum rc rc = RC_OK;
	for (size_t i = m->n; i-- > 0 && rc == RC_OK;) {
		if (m->suspect[i].ends < MARKS_MAX)
			continue;
		rc = set_aside(e, &m->suspect[i], now, d);
		if (rc == RC_OK)
			m->suspect[i] = m->suspect[--m->n];
	}
	write_file(m);
	return rc;
}
