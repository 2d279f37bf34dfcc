#include "published.h"

#include <stdio.h>
#include <stdlib.h>

#include "mem.h"

#include "file_read.h"

struct published {
	char path[1200];
	struct link_index index;
	struct file_stamp stamp;
	int64_t looked_ms;
	enum rc rc;
	struct diag fault;
};

struct published *published_new(const char *dir)
{
	struct published *p = mem_new(1, sizeof *p);
	*p = (struct published){.looked_ms = INT64_MIN, .rc = RC_NOTFOUND};
	snprintf(p->path, sizeof p->path, "%s/index", dir);
	return p;
}

void published_free(struct published *p)
{
	if (!p)
		return;
	link_index_done(&p->index);
	free(p);
}

static enum rc load(struct published *p, struct diag *d)
{
	char *text;
	size_t len;
	enum rc rc = file_read(p->path, LINK_INDEX_MAX, &text, &len, &p->stamp, d);
	if (rc)
		return rc;
	rc = link_index_parse(text, len, &p->index, d);
	free(text);
	return rc;
}

static void refresh(struct published *p)
{
	struct file_stamp seen = file_look(p->path);
	if (p->rc == RC_OK && file_stamp_equal(&seen, &p->stamp))
		return;
	link_index_done(&p->index);
	p->rc = load(p, &p->fault);
}

enum rc published_get(
	struct published *p, int64_t now_ms, const struct link_index **ret, struct diag *d)
{
	if (p->looked_ms == INT64_MIN || now_ms - p->looked_ms >= PUBLISHED_LOOK_MS) {
		refresh(p);
		p->looked_ms = now_ms;
	}
	if (p->rc) {
		if (d)
			*d = p->fault;
		return p->rc;
	}
	*ret = &p->index;
	return RC_OK;
}
