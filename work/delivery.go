package work

import (
	"github.com/google/uuid"

	"mattebox"
	"mattebox/webhook"
)

// NewDelivery returns the delivery that tells of an image with the result, to be
// stored with its move to StatusFinished; nil when the image has no callback.
func NewDelivery(image mattebox.Image, result mattebox.Result, links mattebox.Links) *mattebox.NewDelivery {
	if image.Callback() == "" {
		return nil
	}
	image.Status, image.Result = mattebox.StatusFinished, &result
	d := webhook.NewRTB(&image, links.Absolute(image.FinalPath()), uuid.NewString())
	return &d
}
