package rtb

import (
	"context"

	"mattebox"
)

// imagesCountRequest is contracts A8.
type imagesCountRequest struct {
	auth
	ImageStatus string `rtb:"imageStatus"`
	FromDate    string `rtb:"fromDate"`
	ToDate      string `rtb:"toDate"`
}

type imagesCountResponse struct {
	outcome
	ImagesCount int `rtb:"ImagesCount"`
}

func (s *Service) imagesCount(ctx context.Context, account *mattebox.Account, req *imagesCountRequest) (*imagesCountResponse, error) {
	status, err := imageStatusFilter("imageStatus", req.ImageStatus)
	if err != nil {
		return nil, err
	}
	from, to, err := span(req.FromDate, req.ToDate)
	if err != nil {
		return nil, err
	}
	count, err := s.c.Images.CountImages(ctx, mattebox.ImageFilter{Account: account.ID, Status: status, From: from, To: to})
	if err != nil {
		return nil, err
	}
	return &imagesCountResponse{ImagesCount: count}, nil
}
