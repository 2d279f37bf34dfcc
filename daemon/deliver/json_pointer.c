#include "json_pointer.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { TOKEN_MAX = 128 };

static json_t *load(const char *body, size_t len, size_t max_parts)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += body[i] == '[' || body[i] == '{' || body[i] == ',';
	if (n > max_parts)
		return NULL;
	return json_loadb(body, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

json_t *json_load_reply(const char *body, size_t len)
{
	return load(body, len, JSON_PARTS_MAX);
}

json_t *json_load_receipts(const char *body, size_t len)
{
	return load(body, len, JSON_RECEIPTS_PARTS_MAX);
}

/* One reference token; ~1 is '/', ~0 is '~'.  Returns what follows it, or NULL if it is too long. */
static const char *read_token(const char *p, char ret[static TOKEN_MAX])
{
	size_t n = 0;
	for (; *p && *p != '/'; p++) {
		if (n + 1 >= TOKEN_MAX)
			return NULL;
		if (*p == '~' && (p[1] == '0' || p[1] == '1')) {
			ret[n++] = p[1] == '1' ? '/' : '~';
			p++;
		} else {
			ret[n++] = *p;
		}
	}
	ret[n] = '\0';
	return p;
}

static const json_t *step(const json_t *json, const char *token)
{
	long index;
	if (json_is_object(json))
		return json_object_get(json, token);
	if (json_is_array(json) && text_parse_int(token, 0, 100000, &index))
		return json_array_get(json, (size_t)index);
	return NULL;
}

void json_pointer_text(const json_t *json, const char *pointer, char *ret, size_t size)
{
	char token[TOKEN_MAX];
	ret[0] = '\0';
	if (!pointer)
		return;
	while (json && pointer && *pointer == '/') {
		pointer = read_token(pointer + 1, token);
		json = pointer ? step(json, token) : NULL;
	}
	if (json_is_string(json)) {
		/* A value that does not fit is no value: half an id would be a wrong one. */
		if (json_string_length(json) < size)
			snprintf(ret, size, "%s", json_string_value(json));
	} else if (json_is_integer(json)) {
		snprintf(ret, size, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	} else if (json_is_real(json)) {
		snprintf(ret, size, "%.15g", json_real_value(json));
	} else if (json_is_boolean(json)) {
		snprintf(ret, size, "%s", json_is_true(json) ? "true" : "false");
	}
}
