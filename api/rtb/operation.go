package rtb

import (
	"context"
	"log/slog"
	"reflect"

	"mattebox"
)

// Operation is one row of the table: what every binding must know of it.
type Operation struct {
	Name     string       // as the documentation calls it, "POST Image"
	Method   string       // of the REST binding
	Path     string       // of the REST binding, "/Image/{imageTicket}"; braces hold a field's name
	Element  string       // of the response
	Fields   []Field      // of the request, in the documented order
	Response reflect.Type // a struct that Tree reads

	// Do runs the operation. The Node is the whole answer, also beside a Fault: then
	// its members but ErrorCode and Message are at .NET's defaults.
	Do func(ctx context.Context, given Values) (Node, *Fault)

	// Fail is the whole answer to a request that a binding could not read.
	Fail func(*Fault) Node
}

// request is a pointer to a struct of texts.
type request interface {
	credentials() mattebox.Credentials
}

// response is a pointer to a struct that Tree reads.
type response interface {
	settle(code ErrorCode, message string)
	settled() bool
}

// auth is how a customer's request begins (contracts A0).
type auth struct {
	ContactEmail  string `rtb:"contactEmail,required" max:"320"`
	ContactAPIKey string `rtb:"contactAPIkey,required"`
}

func (a *auth) credentials() mattebox.Credentials {
	return mattebox.Credentials{Email: a.ContactEmail, Key: a.ContactAPIKey}
}

// outcome is how most responses begin.
type outcome struct {
	ErrorCode ErrorCode `rtb:"ErrorCode"`
	Message   string    `rtb:"Message"`
}

func (o *outcome) settle(code ErrorCode, message string) { o.ErrorCode, o.Message = code, message }
func (o *outcome) settled() bool                         { return o.ErrorCode != "" }

// messageFirst is outcome in the order of NewTemplateResponse,
// ProductIdsListResponse and InvoiceListResponse.
type messageFirst struct {
	Message   string    `rtb:"Message"`
	ErrorCode ErrorCode `rtb:"ErrorCode"`
}

func (o *messageFirst) settle(code ErrorCode, message string) { o.ErrorCode, o.Message = code, message }
func (o *messageFirst) settled() bool                         { return o.ErrorCode != "" }

// operation makes a row: name, method, path and element as given, the rest from the
// types of run. run gets a request whose required fields are there and whose
// account is proven; what it returns with a nil error is NoError unless it says otherwise.
func operation[Req, Resp any, Q interface {
	*Req
	request
}, A interface {
	*Resp
	response
}](s *Service, row Operation, run func(context.Context, *mattebox.Account, Q) (A, error)) Operation {
	row.Fields = fieldsOf(reflect.TypeFor[Req]())
	row.Response = reflect.TypeFor[Resp]()
	row.Do = func(ctx context.Context, given Values) (Node, *Fault) {
		note := mattebox.NoteOf(ctx)
		note.Operation, note.Outcome = row.Name, string(NoError)
		req := Q(new(Req))
		answer, err := s.proven(ctx, row.Fields, given, req, func(account *mattebox.Account) (response, error) {
			return run(ctx, account, req)
		})
		if err == nil {
			if !answer.settled() {
				answer.settle(NoError, "")
			}
			return Tree(row.Element, answer), nil
		}
		fault := s.report(ctx, row.Name, explain(err, given))
		note.Outcome = string(fault.Code)
		return row.Fail(fault), fault
	}
	row.Fail = func(fault *Fault) Node {
		failed := A(new(Resp))
		failed.settle(fault.Code, fault.Message)
		return Tree(row.Element, failed)
	}
	return row
}

// proven binds the request, authenticates it and runs it.
func (s *Service) proven(ctx context.Context, fields []Field, given Values, req request, run func(*mattebox.Account) (response, error)) (response, error) {
	if err := bind(given, fields, req); err != nil {
		return nil, err
	}
	account, err := s.c.Accounts.Authenticate(ctx, req.credentials())
	if err != nil {
		return nil, err
	}
	mattebox.NoteOf(ctx).Account = account.ID
	return run(account)
}

// report logs a fault of ours and gives it the sentence that the caller sees.
func (s *Service) report(ctx context.Context, name string, fault *Fault) *Fault {
	if fault.Code != InternalError {
		return fault
	}
	id := ""
	if s.c.RequestID != nil {
		id = s.c.RequestID(ctx)
	}
	level := slog.LevelError
	if ctx.Err() != nil { // the caller has gone, and our work with it
		level = slog.LevelInfo
	}
	s.c.Logger.LogAttrs(ctx, level, "operation failed", slog.String("operation", name), slog.Any("error", fault.Err))
	told := *fault
	told.Message = "Something went wrong on our side; please try again."
	if id != "" {
		told.Message = "Something went wrong on our side; please try again, or tell us of request " + id + "."
	}
	return &told
}
