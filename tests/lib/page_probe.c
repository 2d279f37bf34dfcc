/* JSON on the standard input, a page on the standard output: page_probe
 * person|board|unit|leaders|slip|table|subscribe|notice [SAID].  It stands where the link of a fixed token would. */
#include <stdio.h>
#include <string.h>

#include "page.h"

static const char TOKEN[] = "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT";

static enum rc render(const char *what, const char *said, const json_t *data, struct buf *out)
{
	char self[64] = "/";
	struct page_place at = {self, TOKEN, "https://tixing.example.invalid", said, ""};
	if (strcmp(what, "board") == 0)
		return page_board(data, &at, out);
	if (strcmp(what, "table") == 0)
		return page_table(data, &at, out);
	if (strcmp(what, "unit") == 0)
		return page_unit(data, &at, out);
	if (strcmp(what, "notice") == 0)
		return page_notice(PAGE_NOT_FOUND, out);
	snprintf(self, sizeof self, "/%c/%s", strcmp(what, "subscribe") == 0 ? 'f' : 'p', TOKEN);
	if (strcmp(what, "leaders") == 0)
		return page_leaders(data, &at, out);
	if (strcmp(what, "slip") == 0)
		return page_slip(data, &at, out);
	return strcmp(what, "person") == 0 ? page_person(data, &at, out) : page_subscribe(&at, out);
}

int main(int argc, char **argv)
{
	struct buf out;
	const char *what = argc > 1 ? argv[1] : "";
	if (strcmp(what, "style") == 0) {
		puts(page_style_path());
		return 0;
	}
	json_t *data = json_loadf(stdin, 0, NULL);
	buf_init(&out, PAGE_MAX);
	enum rc rc = render(what, argc > 2 ? argv[2] : "", data, &out);
	fwrite(out.data, 1, out.len, stdout);
	buf_done(&out);
	json_decref(data);
	return rc != RC_OK;
}
