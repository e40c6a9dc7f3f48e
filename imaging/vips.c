#include "vips.h"

static void
drop_message(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
}

/* libvips warns on standard error through GLib's log; what matters comes back
 * as an error instead. Its operation cache would keep decoded pictures alive. */
int
mb_startup(void)
{
	if (VIPS_INIT("mattebox"))
		return -1;
	g_log_set_handler("VIPS",
		G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_DEBUG,
		drop_message, NULL);
	vips_cache_set_max(0);
	vips_block_untrusted_set(TRUE);
	return 0;
}

char *
mb_error(void)
{
	return vips_error_buffer_copy();
}

int
mb_open(const void *data, size_t len, mb_format format, VipsImage **out)
{
	void *buf = (void *) data;

#define OPEN(LOADER) \
	return LOADER(buf, len, out, "access", VIPS_ACCESS_SEQUENTIAL, \
		"fail_on", VIPS_FAIL_ON_TRUNCATED, NULL)
	switch (format) {
	case MB_JPEG: OPEN(vips_jpegload_buffer);
	case MB_PNG: OPEN(vips_pngload_buffer);
	case MB_TIFF: OPEN(vips_tiffload_buffer);
	case MB_WEBP: OPEN(vips_webpload_buffer);
	case MB_GIF: OPEN(vips_gifload_buffer);
	case MB_HEIF:
	case MB_AVIF: OPEN(vips_heifload_buffer);
	}
#undef OPEN
	vips_error("mattebox", "no loader for format %d", format);
	return -1;
}

void
mb_describe(VipsImage *image, mb_info *info)
{
	VipsBandFormat format = vips_image_get_format(image);

	info->width = vips_image_get_width(image);
	info->height = vips_image_get_height(image);
	info->bands = vips_image_get_bands(image);
	info->depth = 8 * (int) vips_format_sizeof(format);
	info->is_float = vips_band_format_isfloat(format);
	info->interpretation = vips_image_guess_interpretation(image);
	info->orientation = vips_image_get_orientation(image);
	info->has_alpha = vips_image_hasalpha(image);
	info->xres = vips_image_get_xres(image);
	info->heif_bits = 0;
	if (vips_image_get_typeof(image, "heif-bitdepth"))
		vips_image_get_int(image, "heif-bitdepth", &info->heif_bits);
}

int
mb_blob(VipsImage *image, const char *name, mb_bytes *out)
{
	if (!vips_image_get_typeof(image, name))
		return -1;
	return vips_image_get_blob(image, name, &out->data, &out->len);
}

/* Colour comes out at this depth; alpha of another depth would be scaled wrongly,
 * so it is brought to the same range here. */
static int
to_depth(VipsImage *in, int depth, VipsImage **out)
{
	VipsBandFormat format = vips_image_get_format(in);

	if (format == VIPS_FORMAT_UINT) {
		VipsImage *scaled;
		int failed;
		/* 2^32-1 = 65537 * 65535 */
		if (vips_linear1(in, &scaled, 1.0 / 65537.0, 0.5, NULL))
			return -1;
		failed = vips_cast(scaled, out, VIPS_FORMAT_USHORT, NULL);
		g_object_unref(scaled);
		return failed;
	}
	return vips_cast(in, out, depth == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, NULL);
}

/* 1 to 4 float bands, grey or RGB with or without alpha, all 0..1, to ushort
 * RGB(A). The scRGB of libvips is linear light with 1.0 as white. */
static int
from_linear(VipsImage *in, VipsImage **out)
{
	int bands = vips_image_get_bands(in);
	int colours = bands < 3 ? 1 : 3;
	VipsImage *scope = vips_image_new();
	VipsImage **t = (VipsImage **) vips_object_local_array(VIPS_OBJECT(scope), 7);
	int failed = 1;

	if (vips_extract_band(in, &t[0], 0, "n", colours, NULL))
		goto done;
	if (colours == 1) {
		VipsImage *grey[3] = { t[0], t[0], t[0] };
		if (vips_bandjoin(grey, &t[1], 3, NULL))
			goto done;
	} else if (vips_copy(t[0], &t[1], NULL))
		goto done;
	if (vips_copy(t[1], &t[2], "interpretation", VIPS_INTERPRETATION_scRGB, NULL) ||
		vips_colourspace(t[2], &t[3], VIPS_INTERPRETATION_RGB16, NULL))
		goto done;
	if (bands != colours + 1) {
		failed = vips_copy(t[3], out, NULL);
		goto done;
	}
	if (vips_extract_band(in, &t[4], colours, NULL) ||
		vips_linear1(t[4], &t[5], 65535.0, 0.5, NULL) ||
		vips_cast(t[5], &t[6], VIPS_FORMAT_USHORT, NULL))
		goto done;
	failed = vips_bandjoin2(t[3], t[6], out, NULL);
done:
	g_object_unref(scope);
	return failed ? -1 : 0;
}

/* Relative colorimetric with black point compensation is what photo editors
 * default to when they take a print profile to the screen. Asked for an intent
 * that a profile lacks, libvips silently takes sRGB instead of the profile. */
static int
through_profile(VipsImage *in, mb_conversion how, int depth, VipsImage **out)
{
	int embedded = how != MB_FALLBACK;

	return vips_icc_transform(in, out, "srgb",
		"embedded", embedded, "input_profile", embedded ? NULL : "cmyk", "depth", depth,
		"intent", how == MB_TABLE ? VIPS_INTENT_PERCEPTUAL : VIPS_INTENT_RELATIVE,
		"black_point_compensation", TRUE, NULL);
}

int
mb_convert(VipsImage *in, mb_conversion how, int depth, VipsImage **out)
{
	VipsImage *mid = NULL;
	int failed;

	switch (how) {
	case MB_KEEP:
		return to_depth(in, depth, out);
	case MB_LINEAR:
		return from_linear(in, out);
	case MB_PROFILE:
	case MB_TABLE:
	case MB_FALLBACK:
		return through_profile(in, how, depth, out);
	case MB_SPACE:
		if (vips_colourspace(in, &mid,
			depth == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, NULL))
			return -1;
		failed = to_depth(mid, depth, out);
		g_object_unref(mid);
		return failed;
	}
	vips_error("mattebox", "unknown conversion %d", how);
	return -1;
}

/* n pixels of 8 bits from p to index `at` of the planes onwards. */
static void
put8(mb_target *t, const unsigned char *p, int bands, int n, ptrdiff_t at)
{
	unsigned char *q = t->pix8 + 3 * at;
	int colours = bands < 3 ? 1 : 3;
	unsigned char opaque = 255;
	int i;

	if (bands == 3 && t->dx == 1) {
		memcpy(q, p, (size_t) n * 3);
		return;
	}
	for (i = 0; i < n; i++, p += bands, q += 3 * t->dx) {
		q[0] = p[0];
		q[1] = colours == 1 ? p[0] : p[1];
		q[2] = colours == 1 ? p[0] : p[2];
		if (t->alpha) {
			t->alpha[at + i * t->dx] = p[colours];
			opaque &= p[colours];
		}
	}
	if (opaque != 255)
		t->translucent = 1;
}

/* The same for 16 bits. Samples of 10 or 12 bits arrive shifted to the top;
 * repeating their top bits below makes white 65535. */
static void
put16(mb_target *t, const unsigned short *p, int bands, int n, ptrdiff_t at)
{
	unsigned short *q = t->pix16 + 3 * at;
	int colours = bands < 3 ? 1 : 3;
	int spread = t->significant_bits;
	unsigned char opaque = 255;
	int i, c;

	for (i = 0; i < n; i++, p += bands, q += 3 * t->dx) {
		for (c = 0; c < 3; c++) {
			unsigned v = p[colours == 1 ? 0 : c];
			q[c] = v | v >> spread;
		}
		if (t->alpha) {
			unsigned v = p[colours];
			unsigned char a = ((v | v >> spread) * 255u + 32767u) / 65535u;
			t->alpha[at + i * t->dx] = a;
			opaque &= a;
		}
	}
	if (opaque != 255)
		t->translucent = 1;
}

/* A rotated row is written down a column: narrow blocks keep the touched cache
 * lines and pages few. */
#define BLOCK 64

static int
put_strip(VipsRegion *region, VipsRect *area, void *a)
{
	mb_target *t = a;
	int bands = region->im->Bands;
	int block = t->dx == 1 || t->dx == -1 ? area->width : BLOCK;
	int x, y;

	for (x = 0; x < area->width; x += block)
		for (y = 0; y < area->height; y++) {
			int left = area->left + x, top = area->top + y;
			int n = VIPS_MIN(block, area->width - x);
			ptrdiff_t at = t->start + left * t->dx + top * t->dy;
			VipsPel *p = VIPS_REGION_ADDR(region, left, top);
			if (t->pix8)
				put8(t, p, bands, n, at);
			else
				put16(t, (unsigned short *) p, bands, n, at);
		}
	return 0;
}

/* libvips calls put_strip from one background thread, top to bottom, while its
 * workers fill the next strip: nothing but two strips is held besides the target. */
int
mb_read(VipsImage *image, mb_target *target)
{
	VipsBandFormat want = target->pix8 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT;
	int need = vips_image_get_bands(image) < 3 ? 1 : 3;

	if (vips_image_get_format(image) != want ||
		vips_image_get_coding(image) != VIPS_CODING_NONE ||
		vips_image_get_bands(image) < need + (target->alpha ? 1 : 0)) {
		vips_error("mattebox", "unexpected sample layout");
		return -1;
	}
	if (target->significant_bits <= 0)
		target->significant_bits = 16;
	return vips_sink_disc(image, put_strip, target);
}
