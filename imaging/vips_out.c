#include "vips.h"

/* 12 megapixels take 0.8 s; effort 4 gains 2 % in size for 1.1 s. */
#define WEBP_EFFORT 2
/* 12 megapixels take 1.7 s; from effort 2 on 12 s and more, for .1 to 1 dB. */
#define AVIF_EFFORT 1

static VipsImage *
plane(const void *data, int width, int height, int bands, int deep)
{
	size_t size = (size_t) width * height * bands * (deep ? 2 : 1);
	return vips_image_new_from_memory(data, size, width, height, bands,
		deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
}

static VipsInterpretation
interpretation(int bands, int deep)
{
	if (bands == 1)
		return deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
	return deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

/* The planes as one 8-bit image, joined and narrowed row by row on the way. */
static int
join8(const mb_planes *in, VipsImage **out)
{
	VipsImage *scope = vips_image_new();
	VipsImage **t = (VipsImage **) vips_object_local_array(VIPS_OBJECT(scope), 4);
	int failed = 1;

	if (!(t[0] = plane(in->pixels, in->width, in->height, in->bands, in->deep)))
		goto done;
	if (in->deep
		? vips_linear1(t[0], &t[1], 1.0 / 257.0, 0.5, "uchar", TRUE, NULL)
		: vips_copy(t[0], &t[1], NULL))
		goto done;
	if (vips_copy(t[1], &t[2], "interpretation", interpretation(in->bands, 0), NULL))
		goto done;
	if (!in->alpha) {
		failed = vips_copy(t[2], out, NULL);
		goto done;
	}
	if (!(t[3] = plane(in->alpha, in->width, in->height, 1, 0)))
		goto done;
	failed = vips_bandjoin2(t[2], t[3], out, NULL);
done:
	g_object_unref(scope);
	return failed ? -1 : 0;
}

static void
set_blob(VipsImage *image, const char *name, const mb_bytes *blob)
{
	if (blob->len)
		vips_image_set_blob_copy(image, name, blob->data, blob->len);
}

static int
save_avif(VipsImage *image, const mb_saver *s, void **buf, size_t *len)
{
	set_blob(image, VIPS_META_ICC_NAME, &s->profile);
	set_blob(image, VIPS_META_EXIF_NAME, &s->exif);
	set_blob(image, VIPS_META_XMP_NAME, &s->xmp);
	/* 10 bits per sample abort the process inside libaom 3.6. */
	return vips_heifsave_buffer(image, buf, len, "Q", s->quality, "bitdepth", 8,
		"compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", AVIF_EFFORT,
		"strip", !(s->profile.len || s->exif.len || s->xmp.len), NULL);
}

int
mb_save(const mb_planes *planes, const mb_saver *s, void **buf, size_t *len)
{
	VipsImage *image;
	int failed = -1;

	if (join8(planes, &image))
		return -1;
	switch (s->format) {
	case MB_JPEG:
		failed = vips_jpegsave_buffer(image, buf, len, "Q", s->quality,
			"subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, "strip", TRUE, NULL);
		break;
	case MB_WEBP:
		failed = vips_webpsave_buffer(image, buf, len, "Q", s->quality,
			"effort", WEBP_EFFORT, "smart_subsample", TRUE, "strip", TRUE, NULL);
		break;
	case MB_AVIF:
		failed = save_avif(image, s, buf, len);
		break;
	default:
		vips_error("mattebox", "no saver for format %d", s->format);
	}
	g_object_unref(image);
	return failed ? -1 : 0;
}

int
mb_recolour(const void *in, int width, int height, const mb_bytes *profile,
	int perceptual, VipsImage **out)
{
	VipsImage *scope = vips_image_new();
	VipsImage **t = (VipsImage **) vips_object_local_array(VIPS_OBJECT(scope), 2);
	VipsIntent intent = perceptual ? VIPS_INTENT_PERCEPTUAL : VIPS_INTENT_RELATIVE;
	int failed = 1;

	if (!(t[0] = plane(in, width, height, 3, 0)) ||
		vips_copy(t[0], &t[1], "interpretation", VIPS_INTERPRETATION_sRGB, NULL))
		goto done;
	set_blob(t[1], VIPS_META_ICC_NAME, profile);
	failed = vips_icc_transform(t[1], out, "srgb", "embedded", TRUE,
		"intent", intent, "black_point_compensation", TRUE, NULL);
done:
	g_object_unref(scope);
	return failed ? -1 : 0;
}
