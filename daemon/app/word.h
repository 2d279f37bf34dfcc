/*
 * word - a word of the protocol in the language of the command
 *
 * States, forms, roles, channels, kinds of history rows: a closed list, marked for the catalogues in
 * word.c.  What is not in it comes back as it is.
 */
#ifndef APP_WORD_H
#define APP_WORD_H

const char *word_of(const char *protocol_word);
/* In that language, for what is sent. */
const char *word_in(const char *language, const char *protocol_word);

#endif
