/*
 * conf_kind - what the kinds of fields accept, and how they are stored
 *
 * For conf_field only.
 */
#ifndef CONF_CONF_KIND_H
#define CONF_CONF_KIND_H

#include "conf_field.h"

/* Stores the setting in the member of obj, or complains and leaves it alone. */
void kind_set(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj);
void kind_set_fallback(const struct field *f, void *obj);

#endif
