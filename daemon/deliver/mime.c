#include "mime.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "mime_header.h"

enum { BOUNDARY_SIZE = 48 };

/* Base64 bodies hold neither '=_' at a line start nor "--", so that no body can hold a boundary. */
static void make_boundary(const char *key, const char *which, char ret[static BOUNDARY_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned md_len = 0;
	char seed[512];
	snprintf(seed, sizeof seed, "%s\n%s", which, key);
	EVP_Digest(seed, strlen(seed), md, &md_len, EVP_sha256(), NULL);
	size_t n = (size_t)snprintf(ret, BOUNDARY_SIZE, "=_%s_", which);
	for (unsigned i = 0; i < 12; i++)
		n += (size_t)snprintf(ret + n, BOUNDARY_SIZE - n, "%02x", md[i]);
}

/* Text parts travel with CRLF inside the base64, too (RFC 2045 6.8, canonical form). */
static void add_text_body(struct buf *out, const char *text)
{
	struct buf canon;
	buf_init(&canon, 2 * (size_t)MIME_MAX);
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");
		bool ends = p[n] == '\n';
		buf_add(&canon, p, ends && n && p[n - 1] == '\r' ? n - 1 : n);
		if (ends)
			buf_add(&canon, "\r\n", 2);
		p += n + ends;
	}
	header_add_base64(out, canon.data, canon.len);
	buf_done(&canon);
}

static void add_text_part(struct buf *out, const char *subtype, const char *text)
{
	buf_printf(out,
		"Content-Type: text/%s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n",
		subtype);
	add_text_body(out, text);
}

static void add_alternative(struct buf *out, const struct mime_mail *m, const char *boundary)
{
	if (!m->html) {
		add_text_part(out, "plain", m->text);
		return;
	}
	buf_printf(
		out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary);
	buf_printf(out, "--%s\r\n", boundary);
	add_text_part(out, "plain", m->text);
	buf_printf(out, "--%s\r\n", boundary);
	add_text_part(out, "html", m->html);
	buf_printf(out, "--%s--\r\n", boundary);
}

struct attachment {
	const char *type, *data;
	const char *ascii, *name; /* of the file */
};

static enum rc add_attachment(struct buf *out, const struct attachment *at, const char *boundary,
	struct diag *d)
{
	if (!at->data)
		return RC_OK;
	buf_printf(out, "--%s\r\nContent-Type: %s", boundary, at->type);
	enum rc rc = header_add_filename(out, "name", at->ascii, NULL, d);
	if (rc)
		return rc;
	buf_puts(out, "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
	rc = header_add_filename(out, "filename", at->ascii, at->name, d);
	if (rc)
		return rc;
	buf_puts(out, "\r\n\r\n");
	header_add_base64(out, at->data, strlen(at->data));
	return RC_OK;
}

static enum rc add_attachments(
	struct buf *out, const struct mime_mail *m, const char *boundary, struct diag *d)
{
	const struct attachment ics = {"text/calendar; charset=utf-8; method=PUBLISH", m->ics,
		m->ics_ascii_name ? m->ics_ascii_name : "deadline.ics", m->ics_name};
	const struct attachment csv = {"text/csv; charset=utf-8", m->csv,
		m->csv_ascii_name ? m->csv_ascii_name : "table.csv", m->csv_name};
	enum rc rc = add_attachment(out, &ics, boundary, d);
	if (rc == RC_OK)
		rc = add_attachment(out, &csv, boundary, d);
	if (rc == RC_OK)
		buf_printf(out, "--%s--\r\n", boundary);
	return rc;
}

static size_t length(const char *s)
{
	return s ? strlen(s) : 0;
}

static enum rc add_headers(struct buf *out, const struct mime_mail *m, struct diag *d)
{
	enum rc rc = header_add_raw(out, "Date", m->date, d);
	if (!rc)
		rc = header_add_mailbox(out, "From", m->from_name, m->from_address, d);
	if (!rc)
		rc = header_add_mailbox(out, "To", m->to_name, m->to_address, d);
	if (!rc && m->reply_to)
		rc = header_add_mailbox(out, "Reply-To", NULL, m->reply_to, d);
	if (!rc)
		rc = header_add_raw(out, "Message-ID", m->message_id, d);
	if (!rc)
		rc = header_add_text(out, "Subject", m->subject, d);
	if (!rc)
		buf_puts(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	return rc;
}

static enum rc check_input(const struct mime_mail *m, struct diag *d)
{
	size_t id = strlen(m->message_id);
	if (id < 5 || m->message_id[0] != '<' || m->message_id[id - 1] != '>' ||
		strcspn(m->message_id, " ") != id || !strchr(m->message_id, '@'))
		return diag_set(d, RC_INVALID, N_("\"%s\" is not a Message-ID"), m->message_id);
	if (strlen(m->subject) > MIME_SUBJECT_MAX ||
		(m->from_name && strlen(m->from_name) > MIME_NAME_MAX) ||
		(m->to_name && strlen(m->to_name) > MIME_NAME_MAX))
		return diag_set(d, RC_LIMIT, N_("a header of the mail is too long"));
	if (length(m->text) + length(m->html) + length(m->ics) + length(m->csv) > MIME_MAX / 2)
		return diag_set(d, RC_LIMIT, N_("the mail is too long"));
	return RC_OK;
}

enum rc mime_build(const struct mime_mail *m, struct buf *out, struct diag *d)
{
	char mixed[BOUNDARY_SIZE], alternative[BOUNDARY_SIZE];
	buf_clear(out);
	enum rc rc = check_input(m, d);
	if (!rc)
		rc = add_headers(out, m, d);
	if (rc)
		return rc;
	make_boundary(m->key, "mixed", mixed);
	make_boundary(m->key, "alt", alternative);
	if (m->ics || m->csv) {
		buf_printf(out,
			"Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n", mixed,
			mixed);
	}
	add_alternative(out, m, alternative);
	if (m->ics || m->csv)
		rc = add_attachments(out, m, mixed, d);
	if (rc)
		return rc;
	if (out->overflow)
		return diag_set(d, RC_LIMIT, N_("the mail is too long"));
	return RC_OK;
}

void mime_date(struct instant at, int offset_s, char ret[static MIME_DATE_SIZE])
{
	static const char day[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char month[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t local = at.s + offset_s;
	int64_t days = local / DAY_S, s = local % DAY_S;
	if (s < 0) {
		s += DAY_S;
		days--;
	}
	struct date d = {(int32_t)days};
	int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
	snprintf(ret, MIME_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d",
		day[date_weekday(d)], date_day(d), month[date_month(d) - 1], date_year(d),
		(int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), offset_s < 0 ? '-' : '+',
		minutes / 60 % 100, minutes % 60);
}

bool mime_bytes_are_clean(const char *bytes, size_t len)
{
	size_t line = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\r') {
			if (i + 1 >= len || bytes[i + 1] != '\n')
				return false;
		} else if (c == '\n') {
			if (i == 0 || bytes[i - 1] != '\r')
				return false;
			line = 0;
			continue;
		} else if (c == 0 || c > 0x7e) {
			return false;
		}
		if (++line > 999)
			return false;
	}
	return len >= 2 && bytes[len - 1] == '\n';
}
