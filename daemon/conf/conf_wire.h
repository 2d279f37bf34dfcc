/*
 * conf_wire - faults from the reader child to its parent, as bytes
 *
 * What comes in is data from a process that may have been taken over by its input: every length is
 * checked, texts must be clean UTF-8, the number of records is capped.  Message ids that came in
 * live as long as the process (each once), so that the parent can still translate them.
 */
#ifndef CONF_CONF_WIRE_H
#define CONF_CONF_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "diag.h"

enum { WIRE_BYTES_MAX = 1 << 20 };

void conf_wire_put(const struct diags *ds, struct buf *out);

/* False if the bytes are not exactly one complete answer; ds is untouched then. */
bool conf_wire_get(const char *data, size_t len, struct diags *ds);

#endif
