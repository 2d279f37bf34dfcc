/*
 * feed - obligations, duty months and occasions as iCalendar bytes (RFC 5545, RFC 7986)
 *
 * A feed is what somebody subscribes to: everything, a unit's, a person's or an office's.  It is
 * rendered whole or not at all, never empty, and deterministic: the same input gives the same
 * bytes.  No files, no sockets, no clock.
 *
 * What is in it, for the days of the window (a duty month that touches it, an occasion that ends in
 * it):
 *   obligations  that have a date and concern the reader: a unit's own; an office's; a person's as
 *                lead, preparer or deputy, and for a clerk those of the office.  By a roster that is
 *                not confirmed: only in ALL, OFFICE and the clerk's.
 *   duty months  ALL, OFFICE, a clerk: every one; a unit, a person: their own (confirmed) ones.
 *   occasions    ALL: every one; else those that an obligation shown here is due after.
 *   cancelled and waived obligations stay, as STATUS:CANCELLED, for 30 days after the event last
 *   changed, and are then left out.
 * A feed without anything has one event that says so.  Events are in the order of their ids; of
 * two with the same id the obligation is kept.
 *
 * Invariants: one UID has the same content in every feed that is rendered with the same `alarms`;
 *             DTSTAMP, LAST-MODIFIED and SEQUENCE come from struct feed_version alone, so that an
 *             unchanged feed has unchanged bytes.
 * Time:       all-day events are civil dates; stamps are UTC.
 * Memory:     output in the caller's buf; nothing is kept.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "config.h"
#include "diag.h"
#include "obligation.h"

enum {
	FEED_DIGEST_SIZE = 65,
	FEED_ETAG_SIZE = 67,
	FEED_CANCELLED_S = 30 * 24 * 3600,
	FEED_REFRESH_H = 4,
	FEED_MAX = 64 << 20, /* bytes of a feed; a sensible ceiling for the caller's buf */
};

struct feed_index;

enum feed_kind { FEED_ALL, FEED_UNIT, FEED_PERSON, FEED_OFFICE };
const char *feed_kind_text(enum feed_kind k); /* "all", "unit", "person", "office" */

struct feed_spec {
	enum feed_kind kind;
	const char *id;                 /* of the unit, person or office; NULL for ALL */
	bool alarms;                    /* the same for all feeds that share versions */
	struct date from, to;           /* window, inclusive */
	const struct feed_index *index; /* of the obligations; NULL: all of them are looked at */
	struct instant now; /* only for the 30 days and the year of the event that says "nothing" */
};

/* ---- versions --------------------------------------------------------------------------------
 * The caller remembers, for each UID, the digest of what was last published, how often it changed
 * and when.  It must keep UIDs that are no longer in any feed: they may come back.
 */
struct feed_version {
	char digest[FEED_DIGEST_SIZE]; /* lowercase hex SHA-256 of the event without its stamps */
	int sequence;
	struct instant modified;
};

/* old = NULL: never seen, gives sequence 0 at now.  Same digest: old as it is.  Else one more, at
 * now, but never at or before the old instant (clocks step back). */
struct feed_version feed_version_next(
	const struct feed_version *old, const char *digest, struct instant now);

/* Asked once for each event of a feed, in its order; answers with feed_version_next of what
 * the caller has kept, and keeps that. */
typedef struct feed_version feed_version_fn(void *ctx, const char *uid, const char *digest);

struct feed_versions {
	feed_version_fn *next; /* NULL: every event has sequence 0 and `fresh` */
	void *ctx;
	struct instant fresh;
};

/* The digest that feed_render passes for this obligation. */
void feed_event_digest(const struct config *c, const struct obligation *o, bool alarms,
	char ret[static FEED_DIGEST_SIZE]);

/* ---- rendering ------------------------------------------------------------------------------ */

/* os: obligations of at least the window.  Appends to out.
 * RC_NOTFOUND: no such unit, person or office.  RC_LIMIT: out's ceiling; out is as before. */
enum rc feed_render(const struct config *c, const struct obligations *os,
	const struct feed_spec *spec, const struct feed_versions *v, struct buf *out,
	struct diag *d) NODISCARD;

/* ---- prints: has anything in a feed changed since it was last rendered?
 *
 * A feed with the same print as before has the same events with the same contents; rendered again with the
 * same versions it would be the same bytes.  (Cancelled events leave with time: their day is in
 * it.)  Each obligation's digest is made when a feed first needs it, and kept for the others:
 * `alarms` has to be the same for all of them.
 */
struct feed_prints;
struct feed_prints *feed_prints_new(const struct obligations *os); /* which have to stay */
void feed_prints_free(struct feed_prints *p);                      /* NULL is fine */
enum rc feed_print(const struct config *c, const struct feed_spec *spec, struct feed_prints *p,
	char ret[static FEED_DIGEST_SIZE], struct diag *d) NODISCARD;

/* What a revoked link serves for 30 days: one event on the day of `since` that says so. */
enum rc feed_render_revoked(
	const struct config *c, struct instant since, struct buf *out, struct diag *d) NODISCARD;

/* One timed event for a mail: METHOD:PUBLISH, UID "<obligation id>-mail@<domain>", the half hour
 * that ends at the form's closing instant, alarm two hours before.  dtstamp: the message's time;
 * SEQUENCE grows with it.  url: the page where it is reported, or NULL.
 * RC_STATE if the obligation has no date. */
enum rc feed_attachment(const struct config *c, const struct obligation *o, enum form form,
	struct instant dtstamp, const char *url, struct buf *out, struct diag *d) NODISCARD;

/* ---- bytes --------------------------------------------------------------------------------- */

/* Strong entity tag (RFC 9110 section 8.8.3): SHA-256 in hex, in quotes. */
void feed_etag(const void *data, size_t len, char ret[static FEED_ETAG_SIZE]);

/* gzip (RFC 1952) without name or time, so that the same bytes give the same bytes.  RC_LIMIT. */
enum rc feed_gzip(const void *data, size_t len, struct buf *out, struct diag *d) NODISCARD;

#endif
