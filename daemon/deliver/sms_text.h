/*
 * sms_text - what an SMS counts as, and the signature.  Pure.
 *
 * GSM 03.38: 160 septets, 153 per part, ^{}\[]~|€ and form feed cost two; one character outside it
 * makes the whole text UCS-2: 70 units, 67 per part.  Mainland carriers bill everything as 70/67.
 * A character is never counted across two parts where it cannot be (an escape pair, a surrogate
 * pair).
 */
#ifndef DELIVER_SMS_TEXT_H
#define DELIVER_SMS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "mem.h"

struct sms_size {
	bool gsm7;
	size_t units;       /* septets if gsm7, else UTF-16 units */
	size_t segments;    /* by the international rule */
	size_t utf16;       /* UTF-16 units in any case */
	size_t segments_cn; /* mainland: 70/67 always */
};
struct sms_size sms_measure(const char *text);

/* 【sign】text in the arena; text alone if sign is NULL or "", or if text starts with 【 already. */
const char *sms_sign(const char *sign, const char *text, struct arena *a);

#endif
