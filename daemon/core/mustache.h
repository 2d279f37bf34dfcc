/*
 * mustache - the logic-less templates of mustache(5), the part that is needed here
 *
 * {{name}} variables, {{{name}}} and {{&name}} unescaped, {{#name}}...{{/name}} sections,
 * {{^name}}...{{/name}} inverted sections, {{! comment}}, {{.}}.  Standalone section and comment
 * lines vanish.  No partials, no lambdas, no set-delimiter: they are errors with their line.
 * Nesting, steps and (by the buffer) output are capped: past a cap the buffer's overflow is set.
 *
 * Inside {{#name}} of a string, {{.}} is that string.
 */
#ifndef CORE_MUSTACHE_H
#define CORE_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "diag.h"
#include "mem.h"

enum {
	MUSTACHE_DEPTH_MAX = 8,
	MUSTACHE_FILE_MAX = 64 * 1024,
	MUSTACHE_STEPS_MAX = 2000000, /* nodes walked in one rendering */
};

struct mustache; /* parsed; in the arena it was parsed into */

/* text is borrowed for as long as the template lives.  file is for faults. */
enum rc mustache_parse(const char *text, const char *file, struct arena *a,
	const struct mustache **ret, struct diag *d) NODISCARD;

/* A value is a string, a list of objects, or an object; absent and "" and empty lists are false. */
struct view;
struct view *view_new(struct arena *a);
void view_set(struct view *v, const char *name, const char *value); /* kept, not copied */
void view_set_flag(struct view *v, const char *name, bool value);   /* true = "1" */
struct view *view_add(struct view *v, const char *name);           /* append an object to a list */

enum mustache_escape { ESCAPE_NONE, ESCAPE_HTML };
void mustache_render(const struct mustache *m, const struct view *v, enum mustache_escape escape,
	struct buf *out);

/* Calls each(ctx, name, line) for every name a template uses, so that a loader can refuse unknown
 * ones. */
void mustache_names(const struct mustache *m,
	void (*each)(void *ctx, const char *name, int line), void *ctx);

#endif
