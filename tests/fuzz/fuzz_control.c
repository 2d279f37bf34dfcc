/*
 * fuzz_control - any bytes as a request line and as a daemon's fault
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of control and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "replay.h"

enum { INPUT_MAX = 1 << 17 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_request(const char *line, size_t len)
{
	const char *verb = NULL;
	json_t *root = NULL;
	struct diag d = DIAG_INIT;
	enum rc rc = control_parse_request(line, len, &verb, &root, &d);
	if (rc == RC_OK && (!verb || !root))
		abort();
	if (rc && (!d.msgid[0] || root))
		abort();
	json_decref(root);
}

/* A fault that was read must survive being sent on. */
static void read_fault(const char *s, size_t len)
{
	json_t *fault = json_loadb(s, len, JSON_DECODE_ANY, NULL);
	if (!fault)
		return;
	struct diag d, again;
	char first[DIAG_TEXT_MAX], second[DIAG_TEXT_MAX];
	control_fault_from_json(fault, &d);
	json_decref(fault);
	if (d.rc == RC_OK || !d.msgid)
		abort();
	diag_text(&d, NULL, first, sizeof first);
	json_t *copy = control_fault_to_json(&d);
	if (!copy)
		abort();
	control_fault_from_json(copy, &again);
	json_decref(copy);
	diag_text(&again, NULL, second, sizeof second);
	if (strcmp(first, second) != 0 && strcmp(d.msgid, again.msgid) == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	read_request(text, size);
	if (size <= CONTROL_REQUEST_MAX)
		read_fault(text, size);
	free(text);
	return 0;
}
