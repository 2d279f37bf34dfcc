/*
 * i18n - the language of commands
 *
 * For programs and app/ alone: what stands below hands message ids up (diag.h).
 *
 * Source strings are English message ids, catalogues come through gettext.  LANG decides.  Where a
 * zh_CN locale is wanted but not installed (a minimal Debian has none), C.UTF-8 with the zh_CN
 * catalogue does: glibc looks at LANGUAGE in every locale but plain "C".
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#include "diag.h"

#define _(msgid) gettext(msgid)

void i18n_init(void);

/* For diag_line and diag_text: gettext, but "" stays "". */
const char *i18n_translate(const char *msgid) __attribute__((format_arg(1)));

/* For what is sent, in the language of the configuration ("zh_CN"), whatever LANG says; msgid itself where
 * nothing is known. */
const char *i18n_translate_to(const char *language, const char *msgid);

#endif
