#include "conf_template.h"

#include <stddef.h>
#include <string.h>

#include "text.h"
#include "conf_value.h"

/* needs: offset of the const char * without which the placeholder is empty; 0 = always there.
 * The names are those of deliver/sms_template.h. */
static const struct {
	const char *name, *setting;
	size_t needs;
} PLACEHOLDER[] = {
	{"to", NULL, 0},
	{"to_digits", NULL, 0},
	{"to_local", NULL, 0},
	{"text", NULL, 0},
	{"bare_text", NULL, 0},
	{"ref", NULL, 0},
	{"from", "from", offsetof(struct sms_settings, from)},
	{"sign", "sign", offsetof(struct sms_settings, sign)},
	{"user", "user", offsetof(struct sms_settings, user)},
	{"secret", "password_credential", offsetof(struct sms_settings, password_credential)},
};
enum { TO, TO_DIGITS, TO_LOCAL, TEXT, BARE_TEXT };
enum { N_PLACEHOLDERS = sizeof PLACEHOLDER / sizeof *PLACEHOLDER };

static void check_name(struct conf_state *st, struct source at, const struct sms_settings *s,
	const char *name, unsigned *used)
{
	const char *near = NULL;
	for (size_t i = 0; i < N_PLACEHOLDERS; i++) {
		near = conf_nearer(name, near, PLACEHOLDER[i].name);
		if (strcmp(PLACEHOLDER[i].name, name) != 0)
			continue;
		const char *value = "";
		if (PLACEHOLDER[i].needs)
			memcpy(&value, (const char *)s + PLACEHOLDER[i].needs, sizeof value);
		if (!value)
			conf_error(st, at, NULL, N_("{{%s}} is used, but %s is not set"), name,
				PLACEHOLDER[i].setting);
		*used |= BIT(i);
		return;
	}
	if (near)
		conf_error(st, at, NULL, N_("there is no placeholder {{%s}}; did you mean {{%s}}?"),
			name, near);
	else
		conf_error(st, at,
			N_("known: to, to_digits, to_local, text, bare_text, ref, from, sign, "
			   "user, secret"),
			N_("there is no placeholder {{%s}}"), name);
}

void template_check(struct conf_state *st, struct source at, const struct sms_settings *s,
	const char *text, unsigned *used)
{
	for (const char *p = strstr(text, "{{"); p; p = strstr(p, "{{")) {
		const char *end = strstr(p, "}}");
		if (!end) {
			conf_error(st, at, NULL, N_("a placeholder begins with {{ and has no }}"));
			return;
		}
		/* "{{text|json}}": which escapes there are is for deliver/ to say. */
		size_t len = strcspn(p + 2, "|}");
		check_name(st, at, s, arena_strndup(st->a, p + 2, len), used);
		p = end + 2;
	}
}

/* Whole "//host:port" between the scheme and the path. */
static size_t host_len(const char *host)
{
	if (host[0] == '[')
		return strcspn(host, "]") + (strchr(host, ']') != NULL);
	return strcspn(host, ":/?#");
}

static bool has_bad_byte(const char *url)
{
	for (; *url; url++)
		if ((unsigned char)*url <= 0x20 || (unsigned char)*url >= 0x7f ||
			strchr("\"<>\\^`#", *url))
			return true;
	return false;
}

void template_check_url(struct conf_state *st, const struct sms_settings *s, unsigned *used)
{
	const char *url = s->url;
	bool plain = text_has_prefix(url, "http://");
	if (!plain && !text_has_prefix(url, "https://")) {
		char shown[200];
		text_show_url(url, shown, sizeof shown);
		conf_error(st, s->src, NULL, N_("url is \"%s\", which is not an https address"),
			shown);
		return;
	}
	const char *host = strstr(url, "//") + 2;
	size_t n = host_len(host), whole = strcspn(host, "/?#");
	const char *query = strchr(url, '?');
	const char *first = strstr(url, "{{");
	if (n == 0)
		conf_error(st, s->src, NULL, N_("url names no host"));
	if (memchr(host, '@', whole))
		conf_error(st, s->src, N_("use user and password_credential"),
			N_("url holds a user name"));
	if (first && (!query || first < query))
		conf_error(st, s->src, N_("only values after the \"?\" may change"),
			N_("url has a placeholder in its host or path"));
	if (has_bad_byte(url))
		conf_error(st, s->src, NULL,
			N_("url holds a character that cannot stand in a web address"));
	if (plain && !s->allow_http && !value_is_loopback_host(host, n))
		conf_error(st, s->src, N_("use https, or set allow_http = true"),
			N_("names and numbers would be sent without encryption"));
	template_check(st, s->src, s, url, used);
}

void template_check_used(struct conf_state *st, const struct sms_settings *s, unsigned used)
{
	const unsigned NUMBER = BIT(TO) | BIT(TO_DIGITS) | BIT(TO_LOCAL);
	const unsigned WORDS = BIT(TEXT) | BIT(BARE_TEXT);
	if (!(used & NUMBER))
		conf_error(st, s->src, NULL, N_("{{%s}} stands nowhere in the request"), "to");
	if (!(used & WORDS))
		conf_error(st, s->src, NULL, N_("{{%s}} stands nowhere in the request"), "text");
}
