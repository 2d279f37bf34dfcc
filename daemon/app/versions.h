/*
 * versions - what `--version` of deadlined and deadlinectl says, and the journal of libraries that are
 * known to be bad
 */
#ifndef APP_VERSIONS_H
#define APP_VERSIONS_H

void versions_print(const char *program);
void versions_warn(void); /* a line in the log for each */

#endif
