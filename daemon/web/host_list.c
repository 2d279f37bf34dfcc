#include "host_list.h"

#include <string.h>

#include <arpa/inet.h>

/* Without port and closing dot, in lower case; brackets of an IPv6 address stay. */
static bool read_name(const char *s, char ret[static HOST_NAME_SIZE])
{
	size_t len = *s == '[' ? strcspn(s, "]") + 1 : strcspn(s, ":/");
	if (len > strlen(s) || len >= HOST_NAME_SIZE || (s[len] && s[len] != ':' && s[len] != '/'))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[i];
		ret[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	if (len && ret[len - 1] == '.')
		len--;
	ret[len] = '\0';
	return len > 0;
}

static bool is_address(const char *name)
{
	unsigned char bytes[16];
	char inner[HOST_NAME_SIZE];
	if (name[0] != '[')
		return inet_pton(AF_INET, name, bytes) == 1;
	size_t len = strlen(name);
	memcpy(inner, name + 1, len - 2);
	inner[len - 2] = '\0';
	return inet_pton(AF_INET6, inner, bytes) == 1;
}

static bool knows(const struct host_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->name[i], name) == 0)
			return true;
	return false;
}

bool host_list_add(struct host_list *l, const char *text)
{
	char name[HOST_NAME_SIZE];
	const char *scheme = strstr(text, "://");
	if (!read_name(scheme ? scheme + 3 : text, name))
		return false;
	if (knows(l, name))
		return true;
	if (l->n == HOST_LIST_MAX)
		return false;
	memcpy(l->name[l->n++], name, sizeof name);
	return true;
}

bool host_list_has(const struct host_list *l, const char *field)
{
	char name[HOST_NAME_SIZE];
	if (!field)
		return true;
	if (strchr(field, '/') || !read_name(field, name))
		return false;
	return strcmp(name, "localhost") == 0 || is_address(name) || knows(l, name);
}
