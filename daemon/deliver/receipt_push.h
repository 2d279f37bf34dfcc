/*
 * receipt_push - what gateways report by themselves.  Pure; see deliver_parse_push.
 *
 * Kannel fetches the URL that a message named; Aliyun and Tencent Cloud post a JSON array, 云MAS JSON,
 * its base64 or a form.  None of them signs a report: whoever knows the address is believed.
 */
#ifndef DELIVER_RECEIPT_PUSH_H
#define DELIVER_RECEIPT_PUSH_H

#include "deliver.h"

enum { PUSH_BYTES_MAX = 64 * 1024 };

struct receipts {
	struct receipt *item;
	size_t n, max; /* more than max: the rest is left */
};

enum rc push_parse_kannel(const char *query, struct receipts *out, struct diag *d) NODISCARD;
enum rc push_parse_aliyun(
	const char *body, size_t len, struct receipts *out, struct diag *d) NODISCARD;
enum rc push_parse_tencent(
	const char *body, size_t len, struct receipts *out, struct diag *d) NODISCARD;
enum rc push_parse_mas(
	const char *body, size_t len, struct receipts *out, struct diag *d) NODISCARD;

#endif
