#include "qr_svg.h"

#include <qrencode.h>

enum { QUIET = 4 };

/* A run of dark modules is one rectangle of the path. */
static void put_row(const QRcode *q, int y, struct buf *out)
{
	for (int x = 0; x < q->width;) {
		int from = x;
		while (x < q->width && q->data[y * q->width + x] & 1)
			x++;
		if (x > from)
			buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
				x - from);
		else
			x++;
	}
}

enum rc qr_svg(const char *text, const char *label, struct buf *out)
{
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!q)
		return RC_LIMIT;
	int side = q->width + 2 * QUIET;
	buf_printf(out,
		"<svg class=\"qr\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" "
		"shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path "
		"fill=\"#000\" d=\"",
		label, side, side, side, side);
	for (int y = 0; y < q->width; y++)
		put_row(q, y, out);
	buf_puts(out, "\"/></svg>");
	QRcode_free(q);
	return RC_OK;
}

struct library qr_library(void)
{
	return (struct library){"libqrencode", QRcode_APIVersionString()};
}
