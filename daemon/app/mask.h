/*
 * mask - addresses and numbers as a page shows them to people who need not know them
 *
 *   +8613800001234       +86138****1234
 *   li.wei@example.org   l***@example.org
 *   anything else        as it is, if it is short: an id, a room
 */
#ifndef APP_MASK_H
#define APP_MASK_H

enum { MASK_SIZE = 340 };
const char *mask_contact(const char *s, char ret[static MASK_SIZE]);

#endif
