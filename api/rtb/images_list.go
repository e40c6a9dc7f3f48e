package rtb

import (
	"context"
	"strings"

	"mattebox"
)

// imagesListRequest is contracts A7.
type imagesListRequest struct {
	auth
	ImageStatus        string `rtb:"imageStatus"`
	ExcludeImageStatus string `rtb:"excludeImageStatus"`
	ProductID          string `rtb:"productId"`
	FromDate           string `rtb:"fromDate"`
	ToDate             string `rtb:"toDate"`
	Page               string `rtb:"page"`
	ImagesPerPage      string `rtb:"imagesPerPage"`
	SortBy             string `rtb:"sortBy"`
	IsDescending       string `rtb:"isDescending"`
}

type imagesListResponse struct {
	outcome
	Images []imageState `rtb:"Images,ImageStatus"`
}

func (s *Service) imagesList(ctx context.Context, account *mattebox.Account, req *imagesListRequest) (*imagesListResponse, error) {
	filter, err := req.filter()
	if err != nil {
		return nil, err
	}
	filter.Account = account.ID
	images, err := s.c.Images.Images(ctx, filter)
	if err != nil {
		return nil, err
	}
	states := make([]imageState, 0, len(images))
	for i := range images {
		states = append(states, s.stateOf(&images[i]))
	}
	return &imagesListResponse{Images: states}, nil
}

func (r *imagesListRequest) filter() (f mattebox.ImageFilter, err error) {
	f.ProductID = r.ProductID
	if f.Status, err = imageStatusFilter("imageStatus", r.ImageStatus); err != nil {
		return f, err
	}
	if f.Exclude, err = imageStatusFilter("excludeImageStatus", r.ExcludeImageStatus); err != nil {
		return f, err
	}
	if f.From, f.To, err = span(r.FromDate, r.ToDate); err != nil {
		return f, err
	}
	if f.Page, err = page(r.Page, "imagesPerPage", r.ImagesPerPage); err != nil {
		return f, err
	}
	if f.Sort, err = sortBy(r.SortBy); err != nil {
		return f, err
	}
	f.Descending, err = flag("isDescending", r.IsDescending)
	return f, err
}

// sortBy reads the field that a list is ordered by; blank text is the id.
func sortBy(text string) (mattebox.ImageSort, error) {
	switch by := mattebox.ImageSort(strings.ToLower(strings.TrimSpace(text))); by {
	case mattebox.SortByID, mattebox.SortByDate, mattebox.SortByStatus:
		return by, nil
	case "":
		return mattebox.SortByID, nil
	}
	return "", mattebox.Invalid("sortBy", "is %.20q; use id, date or status", text)
}
