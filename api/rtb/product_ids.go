package rtb

import (
	"context"

	"mattebox"
)

// productIDsRequest is contracts A9.
type productIDsRequest struct {
	auth
	Page              string `rtb:"page"`
	ProductIDsPerPage string `rtb:"productIdsPerPage"`
}

type productIDsListResponse struct {
	messageFirst
	ProductIDs []productStatistic `rtb:"ProductIds,ProductIdStatistic"`
}

type productStatistic struct {
	ProductID string `rtb:"ProductId"`
	DoneCount int    `rtb:"DoneCount"`
	TodoCount int    `rtb:"TodoCount"`
}

func (s *Service) productIDs(ctx context.Context, account *mattebox.Account, req *productIDsRequest) (*productIDsListResponse, error) {
	part, err := page(req.Page, "productIdsPerPage", req.ProductIDsPerPage)
	if err != nil {
		return nil, err
	}
	products, err := s.c.Images.Products(ctx, account.ID, part)
	if err != nil {
		return nil, err
	}
	statistics := make([]productStatistic, 0, len(products))
	for _, p := range products {
		statistics = append(statistics, productStatistic{ProductID: p.ProductID, DoneCount: p.Done, TodoCount: p.Todo})
	}
	return &productIDsListResponse{ProductIDs: statistics}, nil
}
