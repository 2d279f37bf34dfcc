/*
 * sim_mail - what stands in a mail of the simulated world: its text parts, decoded
 */
#ifndef TESTS_SIM_MAIL_H
#define TESTS_SIM_MAIL_H

#include "sim.h"

#include <openssl/evp.h>

/* Text and table of message i, one after the other; overwritten by the next call. */
static inline char *sim_mail(struct sim *s, size_t i)
{
	static char all[400000];
	struct outbox_message m;
	struct diag d;
	size_t used = 0;
	assert_int_equal(outbox_get_message(
				 engine_store(s->e), s->message[i].id, engine_arena(s->e), &m, &d),
		RC_OK);
	const char *p = m.bytes, *end = p + m.len;
	while ((p = memmem(p, (size_t)(end - p), "base64", 6)) != NULL) {
		p = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
		assert_non_null(p);
		for (p += 4; p < end && *p != '-' && *p != '\r'; p += 2) {
			size_t n = strcspn(p, "\r");
			used += (size_t)EVP_DecodeBlock(
				(unsigned char *)all + used, (const unsigned char *)p, (int)n);
			used -= (size_t)(p[n - 1] == '=') + (size_t)(p[n - 2] == '=');
			p += n;
		}
	}
	all[used] = '\0';
	return all;
}

#endif
