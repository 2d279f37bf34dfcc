/*
 * spool - delivery into files: mail/NNNN.eml, sms/NNNN.json and chat/NNNN.json
 *
 * For rehearsals and simulations, and for trying a configuration out: the same bytes, no next hop.
 * NNNN is four digits or more and continues after the highest number present.  A file is written
 * under a temporary name and renamed, so that who reads the folder never sees half a message.  Not
 * synced to disk: a spool is not a promise.
 *
 * sms: {"to","text","sign","units","segments","segments_intl","person","client_ref","at"}: text with
 * the signature in it, units in UTF-16, segments as mainland carriers bill them, at RFC 3339 UTC.
 * chat: {"to","text","client_ref","at"}: to is the room's id, text with the keyword in it.
 */
#ifndef DELIVER_SPOOL_H
#define DELIVER_SPOOL_H

#include "deliver.h"

struct spool;
enum rc spool_new(const char *dir, struct spool **ret, struct diag *d) NODISCARD;
void spool_free(struct spool *s);

/* sign: without brackets, or NULL; of a chat group its keyword, or NULL.  Outcome SENT with peer_id = "mail/0001.eml", or RETRY with
 * FAULT_CONFIG when the disk refuses. */
void spool_put(struct spool *s, const struct delivery *job, const char *sign, struct outcome *ret);

#endif
