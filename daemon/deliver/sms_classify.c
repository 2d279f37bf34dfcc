#include "sms_classify.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

#include "json_pointer.h"
#include "retry.h"
#include "text.h"
#include "transport.h"

static void set(struct outcome *o, enum outcome_class class, enum outcome_fault fault)
{
	o->class = class;
	o->fault = fault;
}

/* The first line of what the gateway said, for a person. */
static void give_reason(struct outcome *o, const struct sms_reply *r, const char *what)
{
	int len = r->body ? (int)strcspn(r->body, "\r\n") : 0;
	if (len > 300)
		len = (int)text_cut(r->body, 300);
	if (!r->status)
		outcome_set_reason(o, "%s", what);
	else
		outcome_set_reason(o, "HTTP %d: %s%s%.*s", r->status, what, len ? ": " : "", len,
			r->body ? r->body : "");
}

void sms_give_reason(struct outcome *o, const struct sms_reply *r, const char *what)
{
	give_reason(o, r, what);
}

/* One number or range of the list; false at its end or on a fault (*ret_bad). */
static bool next_range(const char **list, int *ret_from, int *ret_to, bool *ret_bad)
{
	const char *p = *list + strspn(*list, " ,");
	char *end;
	if (!*p)
		return false;
	*ret_bad = true;
	if (*p < '0' || *p > '9')
		return false;
	long from = strtol(p, &end, 10), to = from;
	if (*end == '-') {
		if (end[1] < '0' || end[1] > '9')
			return false;
		to = strtol(end + 1, &end, 10);
	}
	if (from < 100 || to > 599 || to < from || (*end && *end != ' ' && *end != ','))
		return false;
	*ret_bad = false;
	*ret_from = (int)from;
	*ret_to = (int)to;
	*list = end;
	return true;
}

bool sms_status_list_is_valid(const char *list)
{
	int from, to;
	size_t n = 0;
	bool bad = false;
	while (next_range(&list, &from, &to, &bad))
		n++;
	return n && !bad;
}

bool sms_status_is_in(const char *list, int status)
{
	int from, to;
	bool bad = false;
	while (next_range(&list, &from, &to, &bad)) {
		if (status >= from && status <= to)
			return true;
	}
	return false;
}

/* The reply's end was not seen, or it holds a NUL behind which there may be anything. */
static bool is_whole(const struct sms_reply *r)
{
	return !r->cut && strlen(r->body) == r->body_len;
}

/* The peer's wish; a date that has passed comes as less than nothing. */
static int64_t bound_wish(const struct sms_reply *r)
{
	if (r->retry_after_s < 0)
		return 0;
	return r->retry_after_s < RETRY_AFTER_MAX_S ? r->retry_after_s : RETRY_AFTER_MAX_S;
}

/* Nothing of a reply came, or not all of it. */
static void classify_break(const struct sms_reply *r, struct outcome *o)
{
	if (r->request_bytes > 0) {
		set(o, OUTCOME_UNKNOWN, r->abandoned ? FAULT_NONE : FAULT_PEER);
		give_reason(o, r, r->curl_text);
		return;
	}
	switch (r->curl) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		set(o, OUTCOME_RETRY, FAULT_CONFIG);
		break;
	default:
		set(o, OUTCOME_RETRY, r->abandoned ? FAULT_NONE : FAULT_PEER);
	}
	give_reason(o, r, r->curl_text);
}

static void classify_status(const struct sms_reply *r, struct outcome *o)
{
	switch (r->status) {
	case 401:
	case 402:
	case 403:
	case 404:
	case 405:
	case 407:
		set(o, OUTCOME_RETRY, FAULT_CONFIG);
		give_reason(o, r, "the gateway refuses us");
		return;
	case 425:
	case 429:
		set(o, OUTCOME_RETRY, FAULT_PEER);
		o->retry_after_s = bound_wish(r);
		give_reason(o, r, "too many at once");
		return;
	case 408:
	case 409:
		set(o, OUTCOME_UNKNOWN, FAULT_PEER);
		give_reason(o, r, "no verdict");
		return;
	default:
		break;
	}
	if (r->status >= 300 && r->status < 400) {
		set(o, OUTCOME_RETRY, FAULT_CONFIG);
		give_reason(o, r, "the gateway points elsewhere, which is not followed");
	} else if (r->status >= 400 && r->status < 500) {
		set(o, OUTCOME_DEAD, FAULT_MESSAGE);
		give_reason(o, r, "the gateway refuses the message");
	} else {
		set(o, OUTCOME_UNKNOWN, FAULT_PEER);
		give_reason(o, r, "no verdict");
	}
}

void sms_classify_plain(const struct sms_reply *r, struct outcome *ret)
{
	struct outcome o = {.code = r->status};
	bool complete = r->curl == 0 || r->cut;
	if (!complete && !(r->status >= 300 && r->status < 500))
		classify_break(r, &o);
	else
		classify_status(r, &o);
	*ret = o;
}

static bool is_one_of(const char *value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], value) == 0)
			return true;
	}
	return false;
}

static bool regex_matches(const char *pattern, const char *body)
{
	regex_t re;
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return false;
	bool match = regexec(&re, body, 0, NULL, 0) == 0;
	regfree(&re);
	return match;
}

/* The gateway's own word for a refusal; true if it said one. */
static bool classify_word(const struct sms_settings *s, const struct sms_reply *r,
	const char *value, struct outcome *o)
{
	if (is_one_of(value, s->temporary_values, s->n_temporary_values)) {
		set(o, OUTCOME_RETRY, FAULT_PEER);
		o->retry_after_s = bound_wish(r);
		give_reason(o, r, "not taken, for now");
		return true;
	}
	if (is_one_of(value, s->permanent_values, s->n_permanent_values)) {
		set(o, OUTCOME_DEAD, FAULT_MESSAGE);
		give_reason(o, r, "not taken");
		return true;
	}
	return false;
}

static void classify_success(const struct sms_settings *s, const struct sms_reply *r,
	const char *value, const char *id, struct outcome *o)
{
	bool ok = true;
	if (s->success_pointer)
		ok = value[0] && is_one_of(value, s->success_values, s->n_success_values);
	if (s->success_regex)
		ok = ok && regex_matches(s->success_regex, r->body);
	/* With nothing else to go by, an id is the proof. */
	if (!s->success_pointer && !s->success_regex && s->id_pointer)
		ok = id[0];
	if (!is_whole(r) && (s->success_pointer || s->success_regex || s->id_pointer))
		ok = false;
	set(o, ok ? OUTCOME_SENT : OUTCOME_UNKNOWN, ok ? FAULT_NONE : FAULT_PEER);
	give_reason(o, r, ok ? N_("taken") : N_("the reply is not what success looks like"));
	if (ok)
		snprintf(o->peer_id, sizeof o->peer_id, "%s", id);
}

void sms_classify_http(const struct sms_settings *s, const struct sms_reply *r, struct outcome *ret)
{
	struct outcome o = {.code = r->status};
	char value[OUTCOME_ID_MAX] = "", id[OUTCOME_ID_MAX] = "";
	bool complete = r->curl == 0 || r->cut;
	bool success =
		sms_status_is_in(s->success_status ? s->success_status : "200-299", r->status);
	if (!complete && !(r->status >= 300 && r->status < 500)) {
		classify_break(r, &o);
		*ret = o;
		return;
	}
	if (complete && !r->cut && (s->success_pointer || s->id_pointer)) {
		json_t *json = json_load_reply(r->body, r->body_len);
		json_pointer_text(json, s->success_pointer, value, sizeof value);
		json_pointer_text(json, s->id_pointer, id, sizeof id);
		json_decref(json);
	}
	if (r->status >= 500 && !success)
		classify_status(r, &o);
	else if (!(value[0] && classify_word(s, r, value, &o))) {
		if (success)
			classify_success(s, r, value, id, &o);
		else
			classify_status(r, &o);
	}
	*ret = o;
}

void sms_classify_kannel(const struct sms_reply *r, struct outcome *ret)
{
	struct outcome o = {.code = r->status};
	const char *body = r->body;
	if (r->curl && !r->cut && !(r->status >= 300 && r->status < 500)) {
		classify_break(r, &o);
	} else if (r->status >= 200 && r->status < 300) {
		bool ok = is_whole(r) &&
			  (text_has_prefix(body, "0:") || text_has_prefix(body, "3:") ||
				  text_has_prefix(body, "Sent"));
		set(&o, ok ? OUTCOME_SENT : OUTCOME_UNKNOWN, ok ? FAULT_NONE : FAULT_PEER);
		give_reason(&o, r, ok ? N_("taken") : N_("the reply is not Kannel's"));
	} else if (r->status < 500 &&
		   (text_has_prefix(body, "Not routable") || strstr(body, "denied by"))) {
		set(&o, OUTCOME_DEAD, FAULT_RECIPIENT);
		give_reason(&o, r, "the gateway refuses the number");
	} else if (r->status == 415 ||
		   (r->status == 400 && (text_has_prefix(body, "Sender missing") ||
						text_has_prefix(body, "Charset") ||
						text_has_prefix(body, "DLR") ||
						text_has_prefix(body, "Invalid content-type")))) {
		set(&o, OUTCOME_RETRY, FAULT_CONFIG);
		give_reason(&o, r, "the gateway refuses us");
	} else {
		classify_status(r, &o);
	}
	*ret = o;
}
