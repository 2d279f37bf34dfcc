#include "receipt.h"

#include <stdint.h>

/* The last one is for sent messages alone: by then a person whose SMS nobody knows about has long been
 * told by mail. */
static const int32_t after_minutes[] = {1, 5, 30, 120, 24 * 60};
enum { N_QUESTIONS = sizeof after_minutes / sizeof *after_minutes };

struct instant receipt_ask_at(bool is_unknown, struct instant since, struct instant now)
{
	for (int i = 0; i < N_QUESTIONS - is_unknown; i++) {
		struct instant at = {since.s + after_minutes[i] * 60};
		if (at.s > now.s)
			return at;
	}
	return INSTANT_NONE;
}
