package rtb

import (
	"context"

	"mattebox"
)

// rejectImageRequest is contracts A10.
type rejectImageRequest struct {
	auth
	imageRef
	Comment        string `rtb:"comment" max:"4000"`
	MarkupImageURL string `rtb:"markupImageUrl" max:"2048"`
}

type rejectImageResponse struct{ outcome }

func (s *Service) rejectImage(ctx context.Context, account *mattebox.Account, req *rejectImageRequest) (*rejectImageResponse, error) {
	ref, err := req.ref()
	if err != nil {
		return nil, err
	}
	if err := s.c.Images.RejectImage(ctx, account.ID, ref, req.complaint()); err != nil {
		return nil, renamed(noImage(err), mattebox.CodeConflict, Fault{
			Code:    InvalidImageStatus,
			Message: "Image is not finished, or is closed; only a finished image can be rejected.",
		})
	}
	answer := &rejectImageResponse{}
	answer.settle(NoError, "Image was rejected.")
	return answer, nil
}

// complaint is the comment, with the address of the marked picture for the operator.
func (r *rejectImageRequest) complaint() string {
	if r.MarkupImageURL == "" {
		return r.Comment
	}
	return joined(r.Comment, "Markup: "+r.MarkupImageURL)
}
