#include "i18n.h"

#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mo.h"

#define DOMAIN "deadlined"

static const char *wanted_locale(void)
{
	static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		const char *value = getenv(NAMES[i]);
		if (value && value[0])
			return value;
	}
	return "C";
}

static void choose_locale(void)
{
	const char *wanted = wanted_locale();
	if (setlocale(LC_ALL, ""))
		return;
	setlocale(LC_ALL, "C.UTF-8");
	const char *language = getenv("LANGUAGE");
	if (strncmp(wanted, "zh", 2) == 0 && (!language || !language[0]))
		setenv("LANGUAGE", "zh_CN", 1);
}

/* A program that runs from its build directory finds the catalogues beside itself, one of another
 * variant one folder up.  Beside an installed one there may be /usr/bin/locale, a program. */
static bool find_beside(char path[static PATH_MAX])
{
	static const char *const PLACES[] = {"/locale", "/../locale"};
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 32);
	if (n <= 0)
		return false;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	for (size_t i = 0; slash && i < sizeof PLACES / sizeof *PLACES; i++) {
		snprintf(slash, 32, "%s/zh_CN", PLACES[i]);
		bool found = access(path, R_OK) == 0;
		*strrchr(path, '/') = '\0';
		if (found)
			return true;
	}
	return false;
}

static char catalogues[PATH_MAX];

static void choose_catalogue(void)
{
	if (!find_beside(catalogues))
		snprintf(catalogues, sizeof catalogues, "%s/share/locale", DEADLINED_PREFIX);
	bindtextdomain(DOMAIN, catalogues);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

void i18n_init(void)
{
	choose_locale();
	choose_catalogue();
}

const char *i18n_translate(const char *msgid)
{
	return msgid[0] ? gettext(msgid) : msgid;
}

const char *i18n_translate_to(const char *language, const char *msgid)
{
	static struct mo *zh;
	static bool looked;
	if (strncmp(language, "zh", 2) != 0 || !msgid[0])
		return msgid;
	if (!looked) {
		char path[PATH_MAX + 40];
		snprintf(path, sizeof path, "%s/zh_CN/LC_MESSAGES/" DOMAIN ".mo", catalogues);
		looked = true;
		zh = mo_read(path);
	}
	return zh ? mo_find(zh, msgid) : msgid;
}
