/*
 * qr_svg - a QR code as an SVG element
 */
#ifndef WEB_QR_SVG_H
#define WEB_QR_SVG_H

#include "buf.h"
#include "diag.h"
#include "library.h"

/* Black on white with its quiet zone, whatever the page's colours.  label: for those who do not see it,
 * a literal without markup.  RC_LIMIT: the text is too long for a code. */
enum rc qr_svg(const char *text, const char *label, struct buf *out) NODISCARD;

struct library qr_library(void);

#endif
