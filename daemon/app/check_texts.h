/*
 * check_texts - do the longest real SMS of a configuration fit its gateway?
 *
 * Renders what the rosters' years owe: of the obligations that share ladder, kind and forms those with
 * the longest names, in every reading (longest.h).  Errors: a gateway's variable that is over its max
 * or holds a web address, a text over max_units or what the gateway takes in all.  Warnings: a text
 * that counts as many messages, a variable that says nothing when a message has several parts.
 * A signature
 * that gateways refuse is an error, too.  Each stands at the variable or the sms group.  A digest may be cut; it is not measured.
 *
 * Time: a few hundred texts of some ten microseconds, whatever the size of the configuration.
 */
#ifndef APP_CHECK_TEXTS_H
#define APP_CHECK_TEXTS_H

#include "config.h"
#include "diag.h"
#include "message.h"

/* today: for a configuration without rosters. */
void check_texts(
	const struct config *c, const struct templates *t, struct date today, struct diags *ds);

#endif
