package rtb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// root is where the REST binding lives; its case matters. jsonRoot, below it, has
// the same operations with answers in JSON.
const (
	root     = "REST.svc"
	jsonRoot = "JSON"
)

// routes finds operations by path.
type routes []route

type route struct {
	operation Operation
	segments  []string // of the path; one in braces stands for a field
}

// place is what an address stands for.
type place struct {
	json  bool
	found []match // one for each method; none for an unknown address
}

type match struct {
	operation Operation
	fields    Values // that the path gives
}

func routesOf(operations []Operation) routes {
	var all routes
	for _, o := range operations {
		all = append(all, route{o, strings.Split(strings.Trim(o.Path, "/"), "/")})
	}
	return all
}

// at returns what the escaped path stands for. One slash at its end does not matter.
func (r routes) at(escaped string) place {
	rest, ours := strings.CutPrefix(escaped, "/"+root)
	if !ours || rest != "" && rest[0] != '/' {
		return place{}
	}
	segments := strings.Split(strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/"), "/")
	var p place
	if segments[0] == jsonRoot {
		p.json, segments = true, segments[1:]
	}
	for _, candidate := range r {
		if fields, ok := candidate.match(segments); ok {
			p.found = append(p.found, match{candidate.operation, fields})
		}
	}
	return p
}

// match returns the fields in the path. A field at the end may be left out: then the
// query or the body has it.
func (r route) match(segments []string) (Values, bool) {
	fields := Values{}
	for i, pattern := range r.segments {
		name, isField := fieldName(pattern)
		switch {
		case i == len(segments) && isField && i == len(r.segments)-1:
			return fields, true
		case i >= len(segments) || !isField && segments[i] != pattern:
			return nil, false
		case isField:
			text, err := url.PathUnescape(segments[i])
			if err != nil {
				return nil, false
			}
			fields[name] = Text(text)
		}
	}
	return fields, len(segments) == len(r.segments)
}

func fieldName(pattern string) (string, bool) {
	name, opens := strings.CutPrefix(pattern, "{")
	name, closes := strings.CutSuffix(name, "}")
	return name, opens && closes
}

// method returns the operation for the method; HEAD is GET without the body.
func (p place) method(method string) (match, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(p.found, func(m match) bool { return m.operation.Method == method })
	if i < 0 {
		return match{}, false
	}
	return p.found[i], true
}

// allow returns the value of the Allow header (RFC 9110, 10.2.1).
func (p place) allow() string {
	methods := []string{http.MethodOptions}
	for _, m := range p.found {
		methods = append(methods, m.operation.Method)
		if m.operation.Method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}
