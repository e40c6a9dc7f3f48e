package video

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// operations registers all operations, in the order of the page.
func (a *api) operations() {
	a.uploadOperations()
	a.resumableOperations()
	a.jobOperations()
	a.usageOperations()
	a.adminOperations()
	a.legacyOperations()
	add(a, operation{
		method: http.MethodGet, path: "/health", id: "health", tag: tagUsage, summary: "See that the service answers", door: open,
	}, func(context.Context, *noInput) (*answer[healthOut], error) {
		return &answer[healthOut]{healthOut{"ok"}}, nil
	})
	a.allowNulls()
}

type healthOut struct {
	Status string `json:"status" enum:"ok"`
}

func errorType() reflect.Type { return reflect.TypeFor[errorAnswer]() }

// allowNulls says in the document what huma does: a member that may be left out may
// be null as well. It looks at what is sent to us only.
func (a *api) allowNulls() {
	registry := a.huma.OpenAPI().Components.Schemas
	done := map[*huma.Schema]bool{}
	for _, path := range a.huma.OpenAPI().Paths {
		if path.Post == nil || path.Post.RequestBody == nil {
			continue
		}
		for _, media := range path.Post.RequestBody.Content {
			allowNulls(registry, media.Schema, done)
		}
	}
}

func allowNulls(registry huma.Registry, s *huma.Schema, done map[*huma.Schema]bool) {
	s = resolve(registry, s)
	if s == nil || done[s] {
		return
	}
	done[s] = true
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for name, property := range s.Properties {
		property = resolve(registry, property)
		if !required[name] && property.Type != "" && !property.Nullable {
			property.Nullable = true
			if property.Enum != nil {
				property.Enum = append(property.Enum, nil)
			}
		}
		allowNulls(registry, property, done)
	}
}

// resolve returns the schema that a reference stands for.
func resolve(registry huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return registry.SchemaFromRef(s.Ref)
	}
	return s
}
