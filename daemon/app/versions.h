/*
 * versions - what `--version` of deadlined and deadlinectl says
 */
#ifndef APP_VERSIONS_H
#define APP_VERSIONS_H

void versions_print(const char *program);

#endif
