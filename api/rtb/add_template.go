package rtb

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"mattebox"
)

// addTemplateRequest is contracts A1. The two last fields are ours. The root counts the
// comment in characters, of up to four bytes.
type addTemplateRequest struct {
	auth
	templateFields
}

type templateFields struct {
	TemplateName                    string `rtb:"templateName,required"`
	TemplateOutputFormat            string `rtb:"templateOutputFormat,required"`
	DeliveryTimeInHour              string `rtb:"deliveryTimeInHour,required"`
	BackgroundType                  string `rtb:"backgroundType,required"`
	BackgroundColor                 string `rtb:"backgroundColor"`
	BackgroundVerticalGradientColor string `rtb:"backgroundVerticalGradientColor"`
	ResizeType                      string `rtb:"resizeType"`
	ResizeUnit                      string `rtb:"resizeUnit"`
	ResizeHeight                    string `rtb:"resizeHeight"`
	ResizeWidth                     string `rtb:"resizeWidth"`
	ResizeMinSize                   string `rtb:"resizeMinSize"`
	ResizeMaxSize                   string `rtb:"resizeMaxSize"`
	MarginType                      string `rtb:"marginType"`
	MarginTop                       string `rtb:"marginTop"`
	MarginBottom                    string `rtb:"marginBottom"`
	MarginLeft                      string `rtb:"marginLeft"`
	MarginRight                     string `rtb:"marginRight"`
	MarginVerticalAlignment         string `rtb:"marginVerticalAlignment"`
	ShadowType                      string `rtb:"shadowType"`
	IsCombinedImages                string `rtb:"isCombinedImages"`
	CallbackURL                     string `rtb:"callbackUrl" max:"2048"`
	Comment                         string `rtb:"comment" max:"16000"`
	IsKeptMannequin                 string `rtb:"isKeptMannequin"`
	IsKeptModel                     string `rtb:"isKeptModel"`
	DPI                             string `rtb:"dpi"`
	AllowUpscale                    string `rtb:"allowUpscale"`
}

type newTemplateResponse struct {
	messageFirst
	TemplateID int     `rtb:"TemplateId"`
	Price      *amount `rtb:"Price"`
}

func (s *Service) addTemplate(ctx context.Context, account *mattebox.Account, req *addTemplateRequest) (*newTemplateResponse, error) {
	t, err := req.template()
	if err != nil {
		return nil, err
	}
	if err := s.checkURL("callbackUrl", t.CallbackURL); err != nil {
		return nil, err
	}
	price, err := s.price(account, t)
	if err != nil {
		return nil, err
	}
	stored, err := s.c.Templates.AddTemplate(ctx, account.ID, t, price)
	if err != nil {
		return nil, err
	}
	answer := &newTemplateResponse{TemplateID: int(stored.ID), Price: amountOf(price)}
	answer.settle(NoError, "Success")
	return answer, nil
}

// template has the root's reader judge the fields, so that a template means the same
// here as everywhere.
func (f *templateFields) template() (mattebox.Template, error) {
	if err := errors.Join(bareColor("backgroundColor", f.BackgroundColor), bareColor("backgroundVerticalGradientColor", f.BackgroundVerticalGradientColor)); err != nil {
		return mattebox.Template{}, err
	}
	object := map[string]string{}
	values := reflect.ValueOf(*f)
	for i, field := range fieldsOf(values.Type()) {
		object[field.Name] = values.Field(i).String()
	}
	text, err := json.Marshal(object)
	if err != nil {
		return mattebox.Template{}, mattebox.Wrap(mattebox.CodeInternal, err, "write the template's fields")
	}
	return mattebox.ParseTemplate(text)
}

// bareColor refuses the # before a colour's digits, which the root's reader forgives
// people who type commands (contracts A1: no #).
func bareColor(field, text string) error {
	if strings.HasPrefix(strings.TrimSpace(text), "#") {
		return mattebox.Invalid(field, "is %.20q; use six hexadecimal digits such as ffffff, without #", text)
	}
	return nil
}

// checkURL asks whether an address may be called; no address is none to ask about.
func (s *Service) checkURL(field, address string) error {
	if address == "" {
		return nil
	}
	if err := s.c.CheckURL(address); err != nil {
		return mattebox.Wrap(mattebox.CodeInvalid, err, "%s cannot be used: %s", field, reason(err))
	}
	return nil
}
