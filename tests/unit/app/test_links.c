/* links: keys and tokens, and an index that the web program's own reader understands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "link_index.h"
#include "links.h"

static char dir[] = "/tmp/deadlined-test-links-XXXXXX";
static char path[100];

static int make_dir(void **state)
{
	*state = NULL;
	bool made = mkdtemp(dir) != NULL;
	snprintf(path, sizeof path, "%s/link.key", dir);
	return made ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static void key(void **state)
{
	(void)state;
	struct link_key a, b;
	struct diag d;
	struct stat st;
	assert_int_equal(link_key_open(dir, &a, &d), RC_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, LINK_KEY_BYTES);
	assert_int_equal(link_key_open(dir, &b, &d), RC_OK);
	assert_memory_equal(&a, &b, sizeof a);
	chmod(path, 0640);
	assert_int_equal(link_key_open(dir, &b, &d), RC_CORRUPT);
	chmod(path, 0600);
	assert_int_equal(truncate(path, 31), 0);
	assert_int_equal(link_key_open(dir, &b, &d), RC_CORRUPT);
	unlink(path);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(link_key_open(dir, &b, &d), RC_IO);
	unlink(path);
	assert_int_equal(link_key_open(dir, &b, &d), RC_OK);
	assert_memory_not_equal(&a, &b, sizeof a);
	assert_int_equal(link_key_open("/nonexistent", &b, &d), RC_IO);
}

/* Python: base64.urlsafe_b64encode(hmac.new(bytes(range(32)),
 * b"deadlined link\nunit\nbrigade-6\n2\n", "sha256").digest()) */
static void token(void **state)
{
	(void)state;
	struct link_key k;
	char t[LINK_TOKEN_SIZE], other[LINK_TOKEN_SIZE], text[LINK_URL_SIZE];
	for (int i = 0; i < LINK_KEY_BYTES; i++)
		k.bytes[i] = (unsigned char)i;
	link_token(&k, LINK_UNIT, "brigade-6", 2, t);
	assert_string_equal(t, "UN5GP0Gc-LtBANwx_MD7bX6GY7wvRRLQ0Bf-sZDe-lY");
	link_path(LINK_UNIT, t, text);
	assert_string_equal(text, "/f/UN5GP0Gc-LtBANwx_MD7bX6GY7wvRRLQ0Bf-sZDe-lY.ics");
	link_token(&k, LINK_UNIT, "brigade-6", 3, other);
	assert_string_not_equal(t, other);
	link_token(&k, LINK_OFFICE, "brigade-6", 2, other);
	assert_string_not_equal(t, other);
	link_token(&k, LINK_UNIT, "brigade-62", 2, other);
	assert_string_not_equal(t, other);
	k.bytes[0] ^= 1;
	link_token(&k, LINK_UNIT, "brigade-6", 2, other);
	assert_string_not_equal(t, other);
}

static void index_is_read(void **state)
{
	(void)state;
	static const char *const IDS[LINK_KINDS] = {"", "u", "p", "o", "p", "o", "", "", "l"};
	static const char *const NAMES[LINK_KINDS] = {
		"all.ics", "unit-u.ics", "person-p.ics", "office-o.ics", "p", "o", "", "", "l"};
	struct link_key k = {{7}};
	struct buf b;
	char t[LINK_KINDS][LINK_TOKEN_SIZE], over[LINK_TOKEN_SIZE];
	buf_init(&b, 10000);
	link_index_begin(&b, "https://feeds.example.org:444/x");
	for (enum link_kind i = 0; i < LINK_KINDS; i++) {
		link_token(&k, i, IDS[i], 1, t[i]);
		link_index_add(&b, i, IDS[i], t[i]);
	}
	link_token(&k, LINK_ALL, "", 9, over);
	link_index_add_revoked(&b, over, "revoked-7.ics");
	link_index_end(&b);
	struct link_index ix;
	struct diag d;
	assert_int_equal(link_index_parse(b.data, b.len, &ix, &d), RC_OK);
	assert_int_equal(ix.n, LINK_KINDS + 1);
	for (enum link_kind i = 0; i < LINK_KINDS; i++) {
		const struct link_entry *e = link_index_find(&ix, t[i]);
		assert_non_null(e);
		assert_string_equal(e->name, NAMES[i]);
		assert_int_equal(e->use == LINK_USE_FEED, link_kind_is_feed(i));
	}
	assert_int_equal(link_index_find(&ix, over)->use, LINK_USE_REVOKED);
	assert_true(host_list_has(&ix.hosts, "feeds.example.org"));
	/* No token stands in it. */
	for (enum link_kind i = 0; i < LINK_KINDS; i++)
		assert_null(strstr(b.data, t[i]));
	link_index_done(&ix);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key), cmocka_unit_test(token), cmocka_unit_test(index_is_read)};
	return cmocka_run_group_tests_name("links", tests, make_dir, remove_dir);
}
