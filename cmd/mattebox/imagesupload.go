package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"

	"mattebox"
	"mattebox/blobs"
	"mattebox/imaging"
	"mattebox/work"
)

// ImagesUploadCmd is "mattebox images upload".
type ImagesUploadCmd struct {
	DataFlags `embed:""`
	LinkFlags `embed:""`
	Ticket    string `arg:"" help:"The image's ticket."`
	File      string `arg:"" help:"The finished picture, in the format of the image's template." predictor:"file"`
}

// Run stores the picture and gives it to the customer. Bytes come before the row
// that names them.
func (c *ImagesUploadCmd) Run(app *App) error {
	return c.withImage(app, c.Ticket, func(ctx context.Context, r *records, i *mattebox.Image) error {
		if !awaitsResult(i.Status) {
			return mattebox.Errorf(mattebox.CodeConflict, "image %s has status %d (%s); a picture can be uploaded while it waits for an operator", i.Ticket, i.Status, i.Status.Name())
		}
		upload, err := readUpload(ctx, c.File, i.Template.Format)
		if err != nil {
			return err
		}
		if _, err := c.links(app, &c.DataFlags, r.keys.Links()); err != nil && i.Callback() != "" {
			return err // before anything is stored
		}
		result, err := c.store(ctx, app, i, upload)
		if err != nil {
			return err
		}
		if err := r.UploadResult(ctx, i.ID, result); err != nil {
			return err
		}
		i.Result = &result
		return c.approve(ctx, app, &c.DataFlags, r, i)
	})
}

// awaitsResult reports whether an operator may finish an image of the status.
func awaitsResult(s mattebox.Status) bool {
	switch s {
	case mattebox.StatusQuality, mattebox.StatusAssigned, mattebox.StatusWithEditor, mattebox.StatusQuestion:
		return true
	}
	return false
}

// upload is an operator's picture.
type upload struct {
	data          []byte
	mediaType     string
	width, height int
	thumbnail     []byte // nil for none
	thumbnailType string
}

// store puts the bytes where no production writes.
func (c *ImagesUploadCmd) store(ctx context.Context, app *App, i *mattebox.Image, u *upload) (mattebox.Result, error) {
	pictures, err := c.openBlobs(ctx, app)
	if err != nil {
		return mattebox.Result{}, err
	}
	defer pictures.Close()
	prefix := fmt.Sprintf("%d/%d/operator-%s/", i.Account, i.ID, uuid.NewString())
	result := mattebox.Result{
		Name: work.ResultName(i), Key: prefix + "result", MediaType: u.mediaType,
		Bytes: int64(len(u.data)), Width: u.width, Height: u.height, ThumbnailBytes: int64(len(u.thumbnail)),
	}
	if err := putBytes(ctx, pictures, result.Key, u.data, u.mediaType); err != nil {
		return result, err
	}
	if u.thumbnail == nil {
		return result, nil
	}
	result.ThumbnailKey = prefix + "thumbnail"
	return result, putBytes(ctx, pictures, result.ThumbnailKey, u.thumbnail, u.thumbnailType)
}

func putBytes(ctx context.Context, pictures *blobs.Store, key string, data []byte, mediaType string) error {
	_, err := pictures.Put(ctx, key, bytes.NewReader(data), mediaType)
	return err
}

// readUpload reads a picture that shall be of the format.
func readUpload(ctx context.Context, path string, want mattebox.Format) (*upload, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, cause(err), "%s cannot be read", path)
	}
	defer file.Close()
	const most = 1 << 30 // a layered file is several times the picture
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(data) > most {
		return nil, mattebox.Errorf(mattebox.CodeTooLarge, "%s is larger than 1 GiB", path)
	}
	if want == mattebox.PSD {
		return layeredUpload(path, data)
	}
	return flatUpload(ctx, path, data, want)
}

// layeredUpload trusts the header of a PSD file (Adobe Photoshop File Formats
// Specification, "File header section"); there is no thumbnail of it.
func layeredUpload(path string, data []byte) (*upload, error) {
	if len(data) < 26 || string(data[:6]) != "8BPS\x00\x01" {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "%s is no PSD file, which the image's template asks for", path)
	}
	return &upload{
		data: data, mediaType: "image/vnd.adobe.photoshop",
		height: int(binary.BigEndian.Uint32(data[14:])), width: int(binary.BigEndian.Uint32(data[18:])),
	}, nil
}

// flatUpload decodes the whole picture, so that the customer gets none that cannot
// be opened.
func flatUpload(ctx context.Context, path string, data []byte, want mattebox.Format) (*upload, error) {
	format, err := imaging.Sniff(data)
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "%s cannot be used", path)
	}
	if got, err := mattebox.ParseFormat(string(format)); err != nil || got.Canonical() != want.Canonical() {
		return nil, mattebox.Errorf(mattebox.CodeInvalid, "%s is a %s file; the image's template asks for %s", path, format, want)
	}
	if err := imaging.Startup(cores()); err != nil {
		return nil, mattebox.Wrap(mattebox.CodeUnavailable, err, "cannot start libvips; run: mattebox doctor")
	}
	picture, err := imaging.Decode(ctx, data, imaging.DefaultLimits())
	if err != nil {
		return nil, mattebox.Wrap(mattebox.CodeInvalid, err, "%s cannot be used", path)
	}
	var small bytes.Buffer
	smallFormat, err := imaging.WriteThumbnail(ctx, &small, picture, thumbnailSide)
	if err != nil {
		return nil, fmt.Errorf("making the thumbnail of %s: %w", path, err)
	}
	return &upload{
		data: data, mediaType: "image/" + string(format), width: picture.Width, height: picture.Height,
		thumbnail: small.Bytes(), thumbnailType: "image/" + string(smallFormat),
	}, nil
}

// thumbnailSide is the longer side of a thumbnail in pixels, as the engine's are.
const thumbnailSide = 256
