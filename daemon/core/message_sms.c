#include "message.h"

#include <string.h>

#include "message_variables.h"
#include "text.h"

enum { ROOM_PER_BYTE = 3, SAID_MAX = 12 };

/* What stands for a run of characters; first..last in ascending order.  NULL: nothing does.  SPACE
 * and NUMBER have a meaning of their own. */
static const char SPACE[] = " ", NUMBER[] = "(n)";
static const struct {
	uint16_t first, last;
	const char *as;
} SAID[] = {
	{0x0000, 0x0008, NULL},
	{0x0009, 0x000a, SPACE},
	{0x000b, 0x000c, NULL},
	{0x000d, 0x000d, SPACE},
	{0x000e, 0x001f, NULL},
	{0x0020, 0x0020, SPACE},
	{0x005e, 0x005e, "＾"}, /* ^_^ is refused as it is */
	{0x007f, 0x009f, NULL},
	{0x00a0, 0x00a0, SPACE},
	{0x00a5, 0x00a5, "RMB"},
	{0x00ad, 0x00ad, NULL},
	{0x00b2, 0x00b2, "2"}, /* m² */
	{0x00b3, 0x00b3, "3"},
	{0x00b9, 0x00b9, "1"},
	{0x034f, 0x034f, NULL},
	{0x061c, 0x061c, NULL},
	{0x115f, 0x1160, NULL},
	{0x1680, 0x1680, SPACE},
	{0x17b4, 0x17b5, NULL},
	{0x180b, 0x180f, NULL},
	{0x2000, 0x200a, SPACE},
	{0x200b, 0x200f, NULL},
	{0x2022, 0x2022, "-"}, /* • */
	{0x2028, 0x2029, SPACE},
	{0x202a, 0x202e, NULL},
	{0x202f, 0x202f, SPACE},
	{0x203b, 0x203b, "*"}, /* ※ */
	{0x205f, 0x205f, SPACE},
	{0x2060, 0x206f, NULL},
	{0x20d0, 0x20ff, NULL}, /* keycaps and other rings around a character */
	{0x2190, 0x2190, "<-"},
	{0x2192, 0x2192, "->"},
	{0x2194, 0x2194, "<->"},
	{0x21d0, 0x21d0, "<-"},
	{0x21d2, 0x21d2, "->"},
	{0x21d4, 0x21d4, "<->"},
	{0x221a, 0x221a, "OK"}, /* √ for a tick */
	{0x2300, 0x23ff, NULL},
	{0x2460, 0x249b, NUMBER},
	{0x24ea, 0x24ea, "(0)"},
	{0x24eb, 0x24fe, NUMBER},
	{0x24ff, 0x24ff, "(0)"},
	{0x25a0, 0x25b5, "*"},
	{0x25b6, 0x25bb, "->"},
	{0x25bc, 0x25bf, "*"},
	{0x25c0, 0x25c5, "<-"},
	{0x25c6, 0x25ca, "*"},
	{0x25cb, 0x25cb, "〇"}, /* typed for a zero: 二○二四年 */
	{0x25cc, 0x25ff, "*"},
	{0x2600, 0x2604, NULL},
	{0x2605, 0x2606, "*"}, /* ★ */
	{0x2607, 0x260d, NULL},
	{0x260e, 0x260f, "Tel"},
	{0x2610, 0x2610, NULL},
	{0x2611, 0x2611, "OK"},
	{0x2612, 0x2612, "X"},
	{0x2613, 0x2619, NULL},
	{0x261a, 0x261f, "->"}, /* ☞ */
	{0x2620, 0x269f, NULL},
	{0x26a0, 0x26a0, "!"},
	{0x26a1, 0x2704, NULL},
	{0x2705, 0x2705, "OK"},
	{0x2706, 0x2706, "Tel"},
	{0x2707, 0x2708, NULL},
	{0x2709, 0x2709, "Mail"},
	{0x270a, 0x2712, NULL},
	{0x2713, 0x2714, "OK"}, /* ✓ */
	{0x2715, 0x2718, "X"},  /* ✗ */
	{0x2719, 0x2729, NULL},
	{0x272a, 0x2730, "*"},
	{0x2731, 0x274b, NULL},
	{0x274c, 0x274c, "X"},
	{0x274d, 0x274d, NULL},
	{0x274e, 0x274e, "X"},
	{0x274f, 0x2752, NULL},
	{0x2753, 0x2754, "?"},
	{0x2755, 0x2755, "!"},
	{0x2756, 0x2756, NULL},
	{0x2757, 0x2757, "!"},
	{0x2758, 0x2775, NULL},
	{0x2776, 0x2793, NUMBER},
	{0x2794, 0x2794, "->"},
	{0x2795, 0x2795, "+"},
	{0x2796, 0x2796, "-"},
	{0x2797, 0x2797, "/"},
	{0x2798, 0x27af, "->"},
	{0x27b0, 0x27b0, NULL},
	{0x27b1, 0x27be, "->"},
	{0x27bf, 0x27bf, NULL},
	{0x2800, 0x28ff, NULL}, /* Braille: the first one is blank */
	{0x2b05, 0x2b05, "<-"},
	{0x2b06, 0x2b4f, NULL},
	{0x2b50, 0x2b50, "*"},
	{0x2b51, 0x2bff, NULL},
	{0x3000, 0x3000, SPACE},
	{0x300e, 0x300e, "“"}, /* 『 */
	{0x300f, 0x300f, "”"},
	{0x3010, 0x3010, "["}, /* 【】 is the gateway's mark of a signature */
	{0x3011, 0x3011, "]"},
	{0x3016, 0x3016, "["},
	{0x3017, 0x3017, "]"},
	{0x3164, 0x3164, NULL},
	{0x3220, 0x3229, NUMBER}, /* ㈠ */
	{0x3251, 0x325f, NUMBER},
	{0x3280, 0x3289, NUMBER},
	{0x32b1, 0x32bf, NUMBER},
	{0xd800, 0xf8ff, NULL},
	{0xfdd0, 0xfdef, NULL},
	{0xfe00, 0xfe0f, NULL},
	{0xfeff, 0xfeff, NULL},
	{0xffa0, 0xffa0, NULL},
	{0xffe5, 0xffe5, "RMB"},
	{0xfff0, 0xffff, NULL},
};
enum { N_SAID = sizeof SAID / sizeof *SAID };

/* Numbers in a ring, in brackets, with a full stop: the first of each run is `one`. */
static const struct {
	uint16_t first, last;
	int one;
} NUMBERS[] = {{0x2460, 0x2473, 1}, {0x2474, 0x2487, 1}, {0x2488, 0x249b, 1}, {0x24eb, 0x24f4, 11},
	{0x24f5, 0x24fe, 1}, {0x2776, 0x277f, 1}, {0x2780, 0x2789, 1}, {0x278a, 0x2793, 1},
	{0x3220, 0x3229, 1}, {0x3251, 0x325f, 21}, {0x3280, 0x3289, 1}, {0x32b1, 0x32bf, 36}};

static size_t put_number(uint32_t cp, char *out)
{
	for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
		if (cp < NUMBERS[i].first || cp > NUMBERS[i].last)
			continue;
		int n = (int)(cp - NUMBERS[i].first) + NUMBERS[i].one;
		size_t used = 0;
		out[used++] = '(';
		if (n > 9)
			out[used++] = (char)('0' + n / 10);
		out[used++] = (char)('0' + n % 10);
		out[used++] = ')';
		return used;
	}
	return 0;
}

/* An ideograph that phones lack is most likely of a name: it must not vanish from it. */
static bool is_rare_ideograph(uint32_t cp)
{
	return cp >= 0x20000 && cp <= 0x3ffff;
}

/* The row of a character, or NULL: it stays as it is. */
static const char *const *find_said(uint32_t cp)
{
	size_t low = 0, high = N_SAID;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (cp > SAID[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	return low < N_SAID && cp >= SAID[low].first ? &SAID[low].as : NULL;
}

/* Bytes written for a character; *ret_space: it is one. */
static size_t put_character(uint32_t cp, size_t taken, char *out, bool *ret_space)
{
	*ret_space = false;
	if (cp > 0xffff) {
		*out = '?';
		return is_rare_ideograph(cp);
	}
	/* A byte that is no text at all. */
	if (cp == 0xfffd && taken == 1)
		return 0;
	const char *const *said = find_said(cp);
	if (!said)
		return text_encode(cp, out);
	*ret_space = *said == SPACE;
	if (*said == NUMBER)
		return put_number(cp, out);
	size_t n = *said && !*ret_space ? strlen(*said) : 0;
	memcpy(out, *said ? *said : "", n);
	return n;
}

/* Aliyun refuses them at either end, and some take them for a signature. */
static void round_brackets(char *s, size_t len)
{
	if (!len || (s[0] != '[' && s[len - 1] != ']'))
		return;
	for (size_t i = 0; i < len; i++)
		s[i] = (char)(s[i] == '[' ? '(' : s[i] == ']' ? ')' : s[i]);
}

const char *message_clean_sms(const char *s, struct arena *a)
{
	size_t len = strlen(s), used = 0;
	char *clean = arena_alloc(a, ROOM_PER_BYTE * len + 1, 1);
	bool space = false;
	for (size_t i = 0, n; i < len; i += n) {
		char said[SAID_MAX];
		bool is_space;
		uint32_t cp = text_decode(s + i, len - i, &n);
		size_t size = put_character(cp, n, said, &is_space);
		space = space || is_space;
		if (!size)
			continue;
		if (space && used)
			clean[used++] = ' ';
		space = false;
		memcpy(clean + used, said, size);
		used += size;
	}
	round_brackets(clean, used);
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

/* Belongs to the character before it. */
static bool is_combining(uint32_t cp)
{
	return (cp >= 0x0300 && cp <= 0x036f) || (cp >= 0x1ab0 && cp <= 0x1aff) ||
	       (cp >= 0x1dc0 && cp <= 0x1dff) || (cp >= 0x3099 && cp <= 0x309a) ||
	       (cp >= 0xfe20 && cp <= 0xfe2f);
}

const char *message_variable_cut(const char *s, size_t max, struct arena *a)
{
	static const char mark[] = "..";
	size_t room = max > sizeof mark - 1 ? max - (sizeof mark - 1) : max;
	size_t len = strlen(s), end = 0, points = 0;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = text_decode(s + i, len - i, &n);
		/* Only before a character that stands for itself. */
		if (points <= room && !is_combining(cp))
			end = i;
		points++;
	}
	if (points <= max)
		return s;
	return arena_printf(a, "%.*s%s", (int)end, s, room < max ? mark : "");
}
