package rtb

import (
	"context"

	"mattebox"
)

// imageStatusRequest is contracts A6.
type imageStatusRequest struct {
	auth
	imageRef
}

type imageStatusResponse struct {
	outcome
	ImageStatus *imageState `rtb:"ImageStatus"`
}

// imageState is an image in the order of the documentation.
type imageState struct {
	FinalImagesURL    []string `rtb:"FinalImagesURL,string"`
	ImageTicket       GUID     `rtb:"ImageTicket"`
	StatusID          int      `rtb:"StatusId"`
	StatusName        string   `rtb:"StatusName"`
	IsPaid            bool     `rtb:"IsPaid"`
	ThumbnailImageURL string   `rtb:"ThumbnailImageURL"`
	CustomerImageID   string   `rtb:"CustomerImageId"`
	ProductID         string   `rtb:"ProductId"`
}

func (s *Service) imageStatus(ctx context.Context, account *mattebox.Account, req *imageStatusRequest) (*imageStatusResponse, error) {
	ref, err := req.ref()
	if err != nil {
		return nil, err
	}
	image, err := s.c.Images.Image(ctx, account.ID, ref)
	if err != nil {
		return nil, noImage(err)
	}
	state := s.stateOf(image)
	return &imageStatusResponse{ImageStatus: &state}, nil
}

func (s *Service) stateOf(image *mattebox.Image) imageState {
	final := []string{}
	if path := image.FinalPath(); path != "" {
		final = append(final, s.c.Links.Relative(path))
	}
	return imageState{
		FinalImagesURL: final, ImageTicket: GUID(image.Ticket),
		StatusID: int(image.Status), StatusName: image.Status.Name(), IsPaid: image.Paid,
		ThumbnailImageURL: s.c.Links.Relative(image.ThumbnailPath()),
		CustomerImageID:   image.CustomerImageID, ProductID: image.ProductID,
	}
}
