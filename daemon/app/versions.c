#include "versions.h"

#include <openssl/crypto.h>

#include "conf.h"
#include "control.h"
#include "deliver.h"
#include "library.h"
#include "recur.h"
#include "store.h"

void versions_print(const char *program)
{
	const struct library l[] = {
		store_library(),
		deliver_library(),
		recur_library(),
		conf_library(),
		control_library(),
		{"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
	};
	library_print(stdout, program, l, sizeof l / sizeof *l);
}
