/* The fence around libvips: the few calls that imaging makes, flattened so that
 * Go needs no varargs and no GObject. Every function that can fail returns 0 or
 * -1 and leaves its words in the libvips error buffer (mb_error takes them). */
#ifndef MATTEBOX_IMAGING_VIPS_H
#define MATTEBOX_IMAGING_VIPS_H

#include <stddef.h>
#include <vips/vips.h>

typedef enum { MB_JPEG, MB_PNG, MB_TIFF, MB_WEBP, MB_HEIF, MB_GIF, MB_AVIF } mb_format;

typedef enum {
	MB_KEEP,     /* samples as they are, brought to 8 or 16 bits */
	MB_PROFILE,  /* through the embedded profile to sRGB, relative colorimetric */
	MB_TABLE,    /* the same for a profile that has its perceptual table only */
	MB_FALLBACK, /* CMYK through libvips' built-in profile to sRGB */
	MB_SPACE,    /* a device-independent space (Lab, XYZ, scRGB) to sRGB */
	MB_LINEAR    /* float samples, 0..1 in linear light, to 16-bit sRGB */
} mb_conversion;

typedef struct {
	int width, height, bands, depth, is_float;
	int interpretation, orientation, has_alpha, heif_bits;
	double xres; /* pixels per millimetre; 1 when the file does not say */
} mb_info;

/* Where decoded samples go. Pixel (x, y) of the image lands at index
 * start + x*dx + y*dy of the planes. One of pix8 and pix16 is set. */
typedef struct {
	unsigned char *pix8;
	unsigned short *pix16;
	unsigned char *alpha; /* NULL: leave alpha out */
	ptrdiff_t start, dx, dy;
	int significant_bits; /* of 16-bit samples: fewer are spread over 16 */
	int translucent;      /* out: some alpha was below 255 */
} mb_target;

/* Planes as a Picture holds them. */
typedef struct {
	const void *pixels; /* interleaved colour */
	const void *alpha;  /* 8 bits, or NULL */
	int width, height;
	int bands; /* of pixels: 1 or 3 */
	int deep;  /* pixels are 16 bits deep */
} mb_planes;

typedef struct {
	const void *data;
	size_t len;
} mb_bytes;

typedef struct {
	mb_format format;
	int quality;
	mb_bytes profile, exif, xmp; /* used by AVIF only */
} mb_saver;

int mb_startup(void);
char *mb_error(void);
int mb_open(const void *data, size_t len, mb_format format, VipsImage **out);
void mb_describe(VipsImage *image, mb_info *info);
int mb_blob(VipsImage *image, const char *name, mb_bytes *out);
int mb_convert(VipsImage *in, mb_conversion how, int depth, VipsImage **out);
int mb_read(VipsImage *image, mb_target *target);
int mb_save(const mb_planes *planes, const mb_saver *saver, void **buf, size_t *len);
int mb_recolour(const void *in, int width, int height, const mb_bytes *profile,
	int perceptual, VipsImage **out);

#endif
