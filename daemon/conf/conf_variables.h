/*
 * conf_variables - sms = { variables = ( { name = "unit"; text = "{{unit}}"; max = 20; }, ... ) }
 */
#ifndef CONF_CONF_VARIABLES_H
#define CONF_CONF_VARIABLES_H

#include "conf_state.h"

/* Into sms->variable and n_variables.  sms->kind has to be set: only gateways with templates take
 * variables, and the spool, which keeps their settings. */
void conf_read_variables(struct conf_state *st, config_setting_t *group, struct sms_settings *sms);

#endif
