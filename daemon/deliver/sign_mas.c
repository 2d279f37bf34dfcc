#include "sign_mas.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "digest.h"
#include "mem.h"

enum { INPUT_MAX = 64 * 1024, MD5_BYTES = 16 };

void mas_mac_input(const struct mas_request *r, struct buf *out)
{
	const char *const part[] = {r->enterprise, r->ap_id, r->secret, r->template_code,
		r->mobiles, r->content, r->sign_code, r->add_serial};
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (part[i])
			buf_puts(out, part[i]);
}

enum rc mas_mac(const struct mas_request *r, char ret[static MAS_MAC_SIZE], struct diag *d)
{
	unsigned char md[MD5_BYTES];
	struct buf in;
	buf_init(&in, INPUT_MAX);
	mas_mac_input(r, &in);
	bool ok = !in.overflow &&
		  EVP_Digest(in.data ? in.data : "", in.len, md, NULL, EVP_md5(), NULL);
	if (in.data)
		explicit_bzero(in.data, in.len);
	buf_done(&in);
	if (!ok)
		return diag_set(d, RC_STATE,
			N_("the gateway wants MD5, which this system's OpenSSL refuses (FIPS "
			   "mode)"));
	digest_hex(md, sizeof md, ret);
	return RC_OK;
}

static json_t *make_json(const struct mas_request *r, const char *mac)
{
	json_t *o = json_pack("{s:s,s:s}", "ecName", r->enterprise, "apId", r->ap_id);
	if (r->template_code)
		json_object_set_new(o, "templateId", json_string(r->template_code));
	json_object_set_new(o, "mobiles", json_string(r->mobiles));
	json_object_set_new(o, r->template_code ? "params" : "content", json_string(r->content));
	json_object_set_new(o, "sign", json_string(r->sign_code));
	json_object_set_new(o, "addSerial", json_string(r->add_serial));
	json_object_set_new(o, "mac", json_string(mac));
	return o;
}

enum rc mas_document(
	const struct mas_request *r, struct buf *json, struct buf *base64, struct diag *d)
{
	char mac[MAS_MAC_SIZE];
	enum rc rc = mas_mac(r, mac, d);
	if (rc)
		return rc;
	json_t *o = make_json(r, mac);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (!text)
		return diag_set(d, RC_INVALID, N_("the request cannot be written as JSON"));
	size_t len = strlen(text);
	unsigned char *coded = mem_new(len / 3 * 4 + 8, 1);
	int n = EVP_EncodeBlock(coded, (const unsigned char *)text, (int)len);
	buf_add(json, text, len);
	buf_add(base64, coded, n > 0 ? (size_t)n : 0);
	free(coded);
	free(text);
	return RC_OK;
}
