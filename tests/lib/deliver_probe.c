/*
 * deliver_probe - drives deliver/ from JSON lines on stdin, for the Python tests
 *
 * In:  {"email":{...},"sms":{...},"rooms":[...],"options":{...}} first and again for a reload; then messages
 *      {"id","channel","to","ref","bytes"|"text"|"mail":{...},"placeholder","sample"};
 *      {"wait":true} until nothing is in flight, {"run_ms":N}, {"stop":true}, {"abandon":true},
 *      {"ask":{"id","to","ref","peer_id","sent_at","at"}} what became of an SMS;
 *      {"let_in":{"id","at"}} would the SMS gateway let us in: its outcome;
 *      {"mark":true} memory is measured from here.
 * Out: one line per outcome {"id","class","fault","code","retry_after","too_big","reason",
 *      "peer_id"}; {"asked","receipt","ref","peer_id","reason"}; {"id","refused"} when deliver_submit says no; at the end {"stall_ms"}: the
 *      longest time that the loop did not turn, "grown_kib": by how much the most memory that was
 *      resident since the mark was more than at it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#include "deliver.h"
#include "mime.h"

enum { TICK_US = 20000 };

static sd_event *loop;
static struct deliver *dv;
static bool asking;
static uint64_t last_tick, worst_gap;
static long marked_kib;

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int on_tick(sd_event_source *s, uint64_t usec, void *ctx)
{
	(void)usec;
	(void)ctx;
	uint64_t now = now_us();
	if (last_tick && now - last_tick > worst_gap)
		worst_gap = now - last_tick;
	last_tick = now;
	sd_event_source_set_time_relative(s, TICK_US);
	return 0;
}

static void print(json_t *o)
{
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(o);
}

static void on_done(void *ctx, int64_t id, const struct outcome *o)
{
	static const char *const class[] = {"sent", "retry", "unknown", "dead"};
	static const char *const fault[] = {"none", "message", "recipient", "peer", "config"};
	(void)ctx;
	print(json_pack("{s:I,s:s,s:s,s:i,s:I,s:b,s:s,s:s}", "id", (json_int_t)id, "class",
		class[o->class], "fault", fault[o->fault], "code", o->code, "retry_after",
		(json_int_t)o->retry_after_s, "too_big", o->too_big, "reason", o->reason, "peer_id",
		o->peer_id));
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static int int_of(const json_t *o, const char *key, int standard)
{
	const json_t *v = json_object_get(o, key);
	return json_is_integer(v) ? (int)json_integer_value(v) : standard;
}

static int pick(const char *s, const char *const *list, int standard)
{
	for (int i = 0; s && list[i]; i++) {
		if (strcmp(s, list[i]) == 0)
			return i;
	}
	return standard;
}

static struct email_settings read_email(const json_t *o)
{
	static const char *const kind[] = {"spool", "smtp", NULL};
	static const char *const tls[] = {"none", "starttls", "wrapped", NULL};
	return (struct email_settings){
		.kind = (enum transport_kind)pick(text_of(o, "kind"), kind, 0),
		.host = text_of(o, "host"),
		.port = int_of(o, "port", 25),
		.tls = (enum tls_mode)pick(text_of(o, "tls"), tls, 0),
		.ca_file = text_of(o, "ca_file"),
		.user = text_of(o, "user"),
		.password_credential = text_of(o, "password"),
		.from_address = o ? text_of(o, "from") : "probe@example.invalid",
		.max_parallel = int_of(o, "max_parallel", 1),
	};
}

static const struct pair *read_pairs(const json_t *list, size_t *ret_n)
{
	*ret_n = json_array_size(list);
	struct pair *p = calloc(*ret_n + 1, sizeof *p);
	for (size_t i = 0; i < *ret_n; i++) {
		p[i].name = json_string_value(json_array_get(json_array_get(list, i), 0));
		p[i].value = json_string_value(json_array_get(json_array_get(list, i), 1));
	}
	return p;
}

/* Names. */
static const struct sms_variable *read_variables(const json_t *list, size_t *ret_n)
{
	*ret_n = json_array_size(list);
	struct sms_variable *v = calloc(*ret_n + 1, sizeof *v);
	for (size_t i = 0; i < *ret_n; i++)
		v[i].name = json_string_value(json_array_get(list, i));
	return v;
}

static const char *const *read_list(const json_t *list, size_t *ret_n)
{
	*ret_n = json_array_size(list);
	const char **p = calloc(*ret_n + 1, sizeof *p);
	for (size_t i = 0; i < *ret_n; i++)
		p[i] = json_string_value(json_array_get(list, i));
	return p;
}

static struct sms_settings read_sms(const json_t *o)
{
	static const char *const kind[] = {"spool", "smtp", "http", "kannel", "aliyun", "tencent",
		"mas", "mas-template", NULL};
	struct sms_settings s = {
		.kind = (enum transport_kind)pick(text_of(o, "kind"), kind, 0),
		.url = text_of(o, "url"),
		.method = text_of(o, "method"),
		.content_type = text_of(o, "content_type"),
		.body = text_of(o, "body"),
		.user = text_of(o, "user"),
		.password_credential = text_of(o, "password"),
		.from = text_of(o, "from"),
		.sign = text_of(o, "sign"),
		.success_status = text_of(o, "success_status"),
		.success_pointer = text_of(o, "success_pointer"),
		.success_regex = text_of(o, "success_regex"),
		.id_pointer = text_of(o, "id_pointer"),
		.idempotency_header = text_of(o, "idempotency_header"),
		.max_units = int_of(o, "max_units", 0),
		.template_code = text_of(o, "template"),
		.region = text_of(o, "region"),
		.app_id = text_of(o, "app_id"),
		.enterprise = text_of(o, "enterprise"),
		.sign_code = text_of(o, "sign_code"),
		.add_serial = text_of(o, "add_serial"),
		.receipt_url = text_of(o, "receipt_url"),
		.receipts = !json_is_false(json_object_get(o, "receipts")),
		.ca_file = text_of(o, "ca_file"),
		.allow_http = json_is_true(json_object_get(o, "allow_http")),
	};
	s.header = read_pairs(json_object_get(o, "header"), &s.n_headers);
	s.field = read_pairs(json_object_get(o, "field"), &s.n_fields);
	s.variable = read_variables(json_object_get(o, "variables"), &s.n_variables);
	s.success_values = read_list(json_object_get(o, "success_values"), &s.n_success_values);
	s.temporary_values =
		read_list(json_object_get(o, "temporary_values"), &s.n_temporary_values);
	s.permanent_values =
		read_list(json_object_get(o, "permanent_values"), &s.n_permanent_values);
	return s;
}

static void free_lists(struct sms_settings *s)
{
	free((void *)(uintptr_t)s->header);
	free((void *)(uintptr_t)s->field);
	free((void *)(uintptr_t)s->variable);
	free((void *)(uintptr_t)s->success_values);
	free((void *)(uintptr_t)s->temporary_values);
	free((void *)(uintptr_t)s->permanent_values);
}

static const struct chat_room *const *read_rooms(const json_t *list, size_t *ret_n)
{
	static const char *const kind[] = {"spool", "wecom", "dingtalk", "feishu", NULL};
	static const enum transport_kind transport[] = {
		TRANSPORT_SPOOL, TRANSPORT_WECOM, TRANSPORT_DINGTALK, TRANSPORT_FEISHU};
	*ret_n = json_array_size(list);
	const struct chat_room **p = calloc(*ret_n + 1, sizeof *p);
	for (size_t i = 0; i < *ret_n; i++) {
		const json_t *o = json_array_get(list, i);
		struct chat_room *r = calloc(1, sizeof *r);
		r->id = text_of(o, "id");
		r->kind = transport[pick(text_of(o, "kind"), kind, 0)];
		r->base_url = text_of(o, "base_url");
		r->token_credential = text_of(o, "token");
		r->secret_credential = text_of(o, "secret");
		r->keyword = text_of(o, "keyword");
		r->ca_file = text_of(o, "ca_file");
		r->allow_http = json_is_true(json_object_get(o, "allow_http"));
		p[i] = r;
	}
	return p;
}

static void configure(const json_t *o)
{
	const json_t *opt = json_object_get(o, "options");
	struct email_settings email = read_email(json_object_get(o, "email"));
	struct sms_settings sms = read_sms(json_object_get(o, "sms"));
	size_t n_rooms;
	const struct chat_room *const *rooms = read_rooms(json_object_get(o, "rooms"), &n_rooms);
	struct diag d = DIAG_INIT;
	enum rc rc;
	if (dv) {
		rc = deliver_configure(dv, &email, &sms, rooms, n_rooms, &d);
	} else {
		struct deliver_options options = {
			.spool_dir = text_of(opt, "spool_dir"),
			.credentials_dir = text_of(opt, "credentials_dir"),
			.spool_only = json_is_true(json_object_get(opt, "spool_only")),
			.connect_ms = int_of(opt, "connect_ms", 0),
			.reply_ms = int_of(opt, "reply_ms", 0),
			.dot_ms = int_of(opt, "dot_ms", 0),
			.idle_ms = int_of(opt, "idle_ms", 0),
		};
		rc = deliver_new(json_is_true(json_object_get(opt, "no_loop")) ? NULL : loop,
			&email, &sms, rooms, n_rooms, &options, on_done, NULL, &dv, &d);
	}
	free_lists(&sms);
	for (size_t i = 0; i < n_rooms; i++)
		free((void *)(uintptr_t)rooms[i]);
	free((void *)(uintptr_t)rooms);
	if (rc) {
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		print(json_pack("{s:s}", "config_error", why));
	}
}

static void turn(void)
{
	if (sd_event_run(loop, UINT64_MAX) < 0)
		exit(3);
}

/* The mail's bytes, made by mime_build; caller frees. */
static char *build_mail(const json_t *m, size_t *ret_len)
{
	struct mime_mail mail = {
		.from_address = text_of(m, "from"),
		.from_name = text_of(m, "from_name"),
		.to_address = text_of(m, "to"),
		.to_name = text_of(m, "to_name"),
		.reply_to = text_of(m, "reply_to"),
		.subject = text_of(m, "subject"),
		.date = text_of(m, "date"),
		.message_id = text_of(m, "message_id"),
		.text = text_of(m, "text"),
		.html = text_of(m, "html"),
		.ics = text_of(m, "ics"),
		.ics_name = text_of(m, "ics_name"),
		.key = "probe",
	};
	struct diag d = DIAG_INIT;
	struct buf out;
	buf_init(&out, MIME_MAX);
	if (mime_build(&mail, &out, &d)) {
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		print(json_pack("{s:s}", "mime_error", why));
		buf_done(&out);
		return NULL;
	}
	*ret_len = out.len;
	return out.data;
}

static void submit(const json_t *o)
{
	const json_t *mail = json_object_get(o, "mail");
	static const char *const channel[] = {"email", "sms", "chat", NULL};
	size_t len = 0;
	char *built = mail ? build_mail(mail, &len) : NULL;
	const json_t *bytes = json_object_get(o, json_object_get(o, "text") ? "text" : "bytes");
	struct delivery job = {
		.message_id = int_of(o, "id", 0),
		.channel = (enum channel)pick(text_of(o, "channel"), channel, 0),
		.recipient = text_of(o, "to"),
		.client_ref = text_of(o, "ref") ? text_of(o, "ref") : "ref-1",
		.person_id = text_of(o, "person"),
		.bytes = mail ? built : json_string_value(bytes),
		.len = mail ? len : json_string_length(bytes),
		.at = {int_of(o, "at", 0)},
		.placeholder = json_is_true(json_object_get(o, "placeholder")),
		.sample = json_is_true(json_object_get(o, "sample")),
	};
	struct diag d = DIAG_INIT;
	enum rc rc;
	if (mail && !built)
		return;
	while ((rc = deliver_submit(dv, &job, &d)) == RC_BUSY)
		turn();
	if (rc) {
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		print(json_pack("{s:I,s:s}", "id", (json_int_t)job.message_id, "refused", why));
	}
	free(built);
}

static void on_answer(void *ctx, int64_t id, const struct receipt *r)
{
	static const char *const class[] = {
		"none", "waiting", "delivered", "undelivered", "not-taken"};
	(void)ctx;
	asking = false;
	print(json_pack("{s:I,s:s,s:s,s:s,s:s}", "asked", (json_int_t)id, "receipt",
		class[r->class], "ref", r->client_ref, "peer_id", r->peer_id, "reason", r->reason));
}

static void ask(const json_t *o)
{
	const char *peer_id = text_of(o, "peer_id");
	struct question q = {
		.message_id = int_of(o, "id", 0),
		.recipient = text_of(o, "to"),
		.client_ref = text_of(o, "ref"),
		.peer_id = peer_id ? peer_id : "",
		.sent_at = {int_of(o, "sent_at", 0)},
		.now = {int_of(o, "at", 0)},
	};
	struct diag d = DIAG_INIT;
	asking = true;
	enum rc rc = deliver_ask(dv, &q, on_answer, NULL, &d);
	if (rc) {
		char why[DIAG_TEXT_MAX];
		asking = false;
		diag_text(&d, NULL, why, sizeof why);
		print(json_pack("{s:I,s:s}", "id", (json_int_t)q.message_id, "refused", why));
	}
}

static int64_t letting; /* the question's number */

static void on_let_in(void *ctx, const struct outcome *o, struct instant cert_until)
{
	(void)cert_until;
	asking = false;
	on_done(ctx, letting, o);
}

static void let_in(const json_t *o)
{
	struct diag d = DIAG_INIT;
	letting = int_of(o, "id", 0);
	asking = true;
	if (deliver_probe_sms(dv, (struct instant){int_of(o, "at", 0)}, on_let_in, NULL, &d)) {
		asking = false;
		print(json_pack("{s:I,s:s}", "id", (json_int_t)letting, "refused", d.msgid));
	}
}

static void wait_idle(void)
{
	while (dv && (deliver_in_flight(dv) || asking))
		turn();
}

static void run_for(int ms)
{
	uint64_t end = now_us() + (uint64_t)ms * 1000;
	while (now_us() < end)
		turn();
}

/* "VmHWM" or "VmRSS" of ourselves. */
static long memory_kib(const char *name)
{
	char line[200];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtol(line + strlen(name) + 1, NULL, 10);
	}
	if (f)
		fclose(f);
	return kib;
}

/* What was resident until now is forgotten as the most (proc_pid_clear_refs(5)). */
static void mark(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");
	if (f) {
		fputs("5", f);
		fclose(f);
	}
	marked_kib = memory_kib("VmRSS");
}

static void obey(json_t *o)
{
	if (json_object_get(o, "email") || json_object_get(o, "sms") || json_object_get(o, "rooms") ||
		json_object_get(o, "options"))
		configure(o);
	else if (!dv)
		return;
	else if (json_object_get(o, "channel"))
		submit(o);
	else if (json_object_get(o, "ask"))
		ask(json_object_get(o, "ask"));
	else if (json_object_get(o, "let_in"))
		let_in(json_object_get(o, "let_in"));
	else if (json_object_get(o, "wait"))
		wait_idle();
	else if (json_object_get(o, "run_ms"))
		run_for(int_of(o, "run_ms", 0));
	else if (json_object_get(o, "mark"))
		mark();
	else if (json_object_get(o, "stop"))
		deliver_stop(dv);
	else if (json_object_get(o, "abandon"))
		deliver_abandon(dv);
}

int main(void)
{
	sd_event_source *tick = NULL;
	json_error_t e;
	json_t *o;
	if (sd_event_new(&loop) < 0 ||
		sd_event_add_time_relative(
			loop, &tick, CLOCK_MONOTONIC, TICK_US, 1000, on_tick, NULL) < 0 ||
		sd_event_source_set_enabled(tick, SD_EVENT_ON) < 0)
		return 3;
	while ((o = json_loadf(stdin, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &e))) {
		obey(o);
		json_decref(o);
	}
	wait_idle();
	long grown_kib = memory_kib("VmHWM") - marked_kib;
	deliver_free(dv);
	sd_event_source_unref(tick);
	sd_event_unref(loop);
	print(json_pack("{s:I,s:I}", "stall_ms", (json_int_t)(worst_gap / 1000), "grown_kib",
		(json_int_t)grown_kib));
	return 0;
}
