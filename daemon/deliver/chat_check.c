/* What is wrong with the settings of a group. */
#include <string.h>

#include <curl/curl.h>

#include "address.h"
#include "chat.h"
#include "credential.h"
#include "text.h"

static void add(struct diags *ds, const struct chat_room *room, struct diag *d, enum severity s)
{
	d->severity = s;
	diag_at(d, room->src.file ? room->src.file : "", room->src.line);
	diags_add(ds, d);
}

static void check_file(struct diags *ds, const struct chat_room *room, const char *name)
{
	struct diag d = DIAG_INIT;
	if (name && credential_check(name, &d))
		add(ds, room, &d, SEV_WARNING);
}

/* No query and no fragment: the robot's own path comes behind it. */
static enum rc check_base(const struct chat_room *room, struct diag *d)
{
	char *scheme = NULL, *host = NULL, *part = NULL, shown[200];
	const char *url = room->base_url;
	enum rc rc = RC_OK;
	CURLU *u = curl_url();
	text_show_url(url, shown, sizeof shown);
	if (text_check(url, strlen(url), false, NULL) != TEXT_OK || strchr(url, ' ') ||
		curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
		curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		rc = diag_set(d, RC_INVALID, N_("\"%s\" is not a URL"), shown);
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		rc = diag_set(d, RC_INVALID, N_("base_url begins with %s, not with https"), scheme);
	else if (strcmp(scheme, "http") == 0 && !room->allow_http && !host_is_loopback(host))
		rc = diag_set(d, RC_INVALID,
			N_("base_url is not encrypted (https), and allow_http is not set"));
	else if (curl_url_get(u, CURLUPART_USER, &part, 0) == CURLUE_OK ||
		 curl_url_get(u, CURLUPART_QUERY, &part, 0) == CURLUE_OK ||
		 curl_url_get(u, CURLUPART_FRAGMENT, &part, 0) == CURLUE_OK)
		rc = diag_set(d, RC_INVALID,
			N_("base_url ends before the robot's own path: no user, no ?query, no "
			   "#fragment"));
	curl_free(scheme);
	curl_free(host);
	curl_free(part);
	curl_url_cleanup(u);
	return rc;
}

void chat_check(const struct chat_room *const *room, size_t n, struct diags *ds)
{
	for (size_t i = 0; i < n; i++) {
		const struct chat_room *r = room[i];
		struct diag d = DIAG_INIT;
		if (r->kind == TRANSPORT_SPOOL)
			continue;
		if (!r->token_credential)
			(void)diag_set(&d, RC_INVALID, N_("the group \"%s\" has no token"), r->id);
		else if (r->base_url)
			(void)check_base(r, &d);
		if (d.rc)
			add(ds, r, &d, SEV_ERROR);
		check_file(ds, r, r->token_credential);
		check_file(ds, r, r->secret_credential);
	}
}
