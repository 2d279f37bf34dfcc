#include "transport.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

void outcome_set_reason(struct outcome *o, const char *fmt, ...)
{
	char raw[2 * OUTCOME_REASON_MAX];
	size_t n = 0;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	size_t len = strlen(raw);
	for (size_t i = 0, step; i < len; i += step) {
		text_decode(raw + i, len - i, &step);
		bool bad = text_check(raw + i, step, false, NULL) != TEXT_OK;
		if (n + (bad ? 1 : step) >= OUTCOME_REASON_MAX)
			break;
		if (bad) {
			o->reason[n++] = '?';
			continue;
		}
		memcpy(o->reason + n, raw + i, step);
		n += step;
	}
	o->reason[n] = '\0';
	if (!n)
		snprintf(o->reason, sizeof o->reason, "no reason given");
}
