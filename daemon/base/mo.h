/*
 * mo - a catalogue of messages, read without gettext
 *
 * gettext speaks one language, that of the process; what is sent speaks the configuration's.  Setting LANGUAGE
 * for a moment would be seen by libcurl's threads.
 *
 * Failure: a file that is missing, larger than 4 MiB or not what msgfmt writes here is no catalogue.
 */
#ifndef BASE_MO_H
#define BASE_MO_H

struct mo;

struct mo *mo_read(const char *path); /* NULL: there is none */
void mo_free(struct mo *mo);

/* msgid itself, if it has no translation. */
const char *mo_find(const struct mo *mo, const char *msgid);

#endif
