#include "message.h"

#include <string.h>

#include "message_view.h"
#include "text.h"

enum sms_fate { SMS_KEEP, SMS_DROP, SMS_SPACE };

static bool is_between(uint32_t cp, uint32_t from, uint32_t to)
{
	return cp >= from && cp <= to;
}

static enum sms_fate fate_of(uint32_t cp)
{
	if (cp == '\r' || cp == '\n' || cp == '\t' || cp == ' ' || cp == 0x2028 || cp == 0x2029)
		return SMS_SPACE;
	if (cp < 0x20 || is_between(cp, 0x7f, 0x9f) || cp > 0xffff || cp == 0xfffd)
		return SMS_DROP;
	/* Invisible: joiners, directions, variation selectors, byte order mark, private use. */
	if (is_between(cp, 0x200b, 0x200f) || is_between(cp, 0x202a, 0x202e) ||
		is_between(cp, 0x2060, 0x206f) || is_between(cp, 0xfe00, 0xfe0f) || cp == 0xfeff ||
		cp == 0x061c || is_between(cp, 0xe000, 0xf8ff))
		return SMS_DROP;
	return SMS_KEEP;
}

/* The brackets are the gateway's mark of a signature; the others are garbled by some phones. */
static uint32_t replace(uint32_t cp)
{
	switch (cp) {
	case 0x3010:
		return '[';
	case 0x3011:
		return ']';
	case 0x2605: /* ★ */
	case 0x2606:
		return '*';
	default:
		return cp;
	}
}

const char *message_clean_sms(const char *s, struct arena *a)
{
	size_t len = strlen(s), used = 0;
	char *clean = arena_alloc(a, len + 1, 1);
	bool space = false;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = text_decode(s + i, len - i, &n);
		enum sms_fate fate = fate_of(cp);
		if (fate == SMS_KEEP) {
			if (space && used)
				clean[used++] = ' ';
			used += text_encode(replace(cp), clean + used);
			space = false;
		}
		space = space || fate == SMS_SPACE;
	}
	clean[used] = '\0';
	return clean;
}

const char *message_sms_cut(const char *s, size_t max_units, const char *mark, struct arena *a)
{
	size_t room = MESSAGE_SMS_MAX - strlen(mark);
	if (text_count_utf16(s) <= max_units && strlen(s) <= MESSAGE_SMS_MAX)
		return s;
	size_t len = strlen(s), units = text_count_utf16(mark), i = 0, n;
	for (; i < len; i += n) {
		units += text_decode(s + i, len - i, &n) > 0xffff ? 2 : 1;
		if (units > max_units || i + n > room)
			break;
	}
	return arena_printf(a, "%.*s%s", (int)i, s, mark);
}
