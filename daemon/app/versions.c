#include "versions.h"

#include <openssl/crypto.h>

#include "conf.h"
#include "control.h"
#include "deliver.h"
#include "i18n.h"
#include "library.h"
#include "log.h"
#include "recur.h"
#include "store.h"

enum { LIBRARIES = 6 };

static void collect(struct library ret[static LIBRARIES])
{
	ret[0] = store_library();
	ret[1] = deliver_library();
	ret[2] = recur_library();
	ret[3] = conf_library();
	ret[4] = control_library();
	ret[5] = (struct library){"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)};
}

void versions_print(const char *program)
{
	struct library l[LIBRARIES];
	collect(l);
	library_print(stdout, program, l, LIBRARIES);
}

void versions_warn(void)
{
	struct library l[LIBRARIES];
	collect(l);
	for (size_t i = 0; i < LIBRARIES; i++)
		if (library_fault(&l[i]))
			log_warn("%s %s: %s", l[i].name, l[i].version,
				i18n_translate(library_fault(&l[i])));
}
