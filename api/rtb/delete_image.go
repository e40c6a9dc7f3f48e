package rtb

import (
	"context"

	"mattebox"
)

// deleteImageRequest is contracts A5.
type deleteImageRequest struct {
	auth
	imageRef
}

type deleteImageResponse struct{ outcome }

func (s *Service) deleteImage(ctx context.Context, account *mattebox.Account, req *deleteImageRequest) (*deleteImageResponse, error) {
	ref, err := req.ref()
	if err != nil {
		return nil, err
	}
	if err := s.c.Images.DeleteImage(ctx, account.ID, ref); err != nil {
		return nil, renamed(noImage(err), mattebox.CodeConflict, Fault{
			Code:    InvalidImageStatus,
			Message: "Image is in production, finished or deleted; only an image that waits can be deleted.",
		})
	}
	answer := &deleteImageResponse{}
	answer.settle(NoError, "Image was deleted")
	return answer, nil
}
