#include "conf_sms_cloud.h"

#include <string.h>

#include "conf_template.h"

enum { ALIYUN = 1, TENCENT = 2, MAS = 4, MAS_TEMPLATE = 8, ALL = 15 };

static unsigned bit_of(enum transport_kind kind)
{
	switch (kind) {
	case TRANSPORT_ALIYUN:
		return ALIYUN;
	case TRANSPORT_TENCENT:
		return TENCENT;
	case TRANSPORT_MAS:
		return MAS;
	case TRANSPORT_MAS_TEMPLATE:
		return MAS_TEMPLATE;
	default:
		return 0;
	}
}

bool cloud_is(enum transport_kind kind)
{
	return bit_of(kind) != 0;
}

void cloud_default(struct sms_settings *s)
{
	if (s->url[0])
		return;
	if (s->kind == TRANSPORT_ALIYUN)
		s->url = "https://dysmsapi.aliyuncs.com/";
	if (s->kind == TRANSPORT_TENCENT)
		s->url = "https://sms.tencentcloudapi.com/";
}

static void check_needs(struct conf_state *st, const struct sms_settings *s, const char *transport)
{
	const struct {
		unsigned kinds;
		const char *name, *value;
	} NEED[] = {
		{ALL, "user", s->user},
		{ALL, "password_credential", s->password_credential},
		{ALIYUN | TENCENT, "sign", s->sign},
		{ALIYUN | TENCENT | MAS_TEMPLATE, "template", s->template_code},
		{TENCENT, "app_id", s->app_id},
		{TENCENT, "region", s->region},
		{MAS | MAS_TEMPLATE, "enterprise", s->enterprise},
		{MAS | MAS_TEMPLATE, "sign_code", s->sign_code},
	};
	for (size_t i = 0; i < sizeof NEED / sizeof *NEED; i++)
		if ((NEED[i].kinds & bit_of(s->kind)) && (!NEED[i].value || !NEED[i].value[0]))
			conf_error(st, s->src, NULL, N_("transport \"%s\" needs %s"), transport,
				NEED[i].name);
}

void cloud_check(struct conf_state *st, const struct sms_settings *s, const char *transport)
{
	unsigned used = 0;
	check_needs(st, s, transport);
	template_check_url(st, s, &used);
	if (strchr(s->url, '?') || strstr(s->url, "{{"))
		conf_error(st, s->src, NULL,
			N_("url has a query, which transport \"%s\" writes itself"), transport);
	if (s->add_serial[strspn(s->add_serial, "0123456789")])
		conf_error(st, s->src, NULL, N_("add_serial is \"%s\", but has to be digits"),
			s->add_serial);
	if ((bit_of(s->kind) & ~(unsigned)MAS) && s->n_variables == 0)
		conf_warn(st, s->src,
			N_("variables = ( { name = \"unit\"; text = \"{{your_unit}}\"; } )"),
			N_("the gateway's template gets no variables: every SMS says the same"));
}
