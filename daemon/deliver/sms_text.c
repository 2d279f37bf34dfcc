#include "sms_text.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

/* GSM 03.38 beyond ASCII, in the order of the table; and the ASCII that is not in it. */
static const uint16_t gsm_extra[] = {0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8,
	0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6,
	0xe6, 0xdf, 0xc9, 0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1, 0xfc,
	0xe0};

/* Septets of a character; 0 if it is not in the alphabet. */
static unsigned count_septets(uint32_t cp)
{
	if (cp == 0x20ac || cp == '\f' || (cp && cp < 0x80 && strchr("^{}\\[]~|", (int)cp)))
		return 2;
	if (cp == '\n' || cp == '\r')
		return 1;
	if (cp >= 0x20 && cp < 0x7f)
		return cp == '`' ? 0 : 1;
	for (size_t i = 0; i < sizeof gsm_extra / sizeof *gsm_extra; i++) {
		if (gsm_extra[i] == cp)
			return 1;
	}
	return 0;
}

/* Parts of at most `part` units when it does not fit `single`; a character stays whole. */
struct packer {
	size_t units, parts, fill, part, single;
};

static void pack(struct packer *p, unsigned units)
{
	p->units += units;
	if (p->fill + units > p->part) {
		p->parts++;
		p->fill = 0;
	}
	p->fill += units;
}

static size_t count_parts(const struct packer *p)
{
	if (p->units == 0)
		return 0;
	return p->units <= p->single ? 1 : p->parts + 1;
}

struct sms_size sms_measure(const char *text)
{
	struct packer gsm = {.part = 153, .single = 160}, ucs = {.part = 67, .single = 70};
	bool gsm7 = true;
	size_t len = strlen(text);
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = text_decode(text + i, len - i, &n);
		unsigned septets = count_septets(cp);
		gsm7 = gsm7 && septets;
		pack(&gsm, septets);
		pack(&ucs, cp > 0xffff ? 2 : 1);
	}
	return (struct sms_size){
		.gsm7 = gsm7,
		.units = gsm7 ? gsm.units : ucs.units,
		.segments = count_parts(gsm7 ? &gsm : &ucs),
		.utf16 = ucs.units,
		.segments_cn = count_parts(&ucs),
	};
}

const char *sms_sign(const char *sign, const char *text, struct arena *a)
{
	if (!sign || !*sign || text_has_prefix(text, "【"))
		return arena_strdup(a, text);
	return arena_printf(a, "【%s】%s", sign, text);
}
