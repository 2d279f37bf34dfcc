/*
 * user_agent - the program behind a User-Agent field: "Thunderbird", "Evolution", "iOS"
 *
 * The first product whose name says something; what every browser claims to be comes last.  Neither
 * versions nor comments: those tell people apart.
 */
#ifndef WEB_USER_AGENT_H
#define WEB_USER_AGENT_H

enum { USER_AGENT_SIZE = 32 };

/* field: NULL for none.  Letters, digits, "._-" only; "" if nothing of it can be shown. */
void user_agent_product(const char *field, char ret[static USER_AGENT_SIZE]);

#endif
