package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
	"kefu/internal/switchboard"
)

const schemaPrefix = "#/components/schemas/"

// schemas makes the schema of every type that the API shows. It differs from huma's own registry in this: a kefu.Opt is what it holds, or
// null; a list is never null; and a type with fixed words has them listed.
type schemas struct {
	named map[string]*huma.Schema
	types map[string]reflect.Type
	words map[reflect.Type][]any
}

var _ huma.Registry = (*schemas)(nil)

func newSchemas() *schemas {
	r := &schemas{named: map[string]*huma.Schema{}, types: map[string]reflect.Type{}, words: map[reflect.Type][]any{}}
	enumerate(r, kefu.Roles())
	enumerate(r, kefu.AgentStatuses())
	enumerate(r, []kefu.Status{kefu.StatusOpen, kefu.StatusPending, kefu.StatusSnoozed, kefu.StatusClosed})
	enumerate(r, []kefu.Priority{kefu.PriorityLow, kefu.PriorityMedium, kefu.PriorityHigh, kefu.PriorityUrgent})
	enumerate(r, []kefu.Handler{kefu.HandlerQueue, kefu.HandlerBot, kefu.HandlerAgent})
	enumerate(r, []kefu.TicketStatus{kefu.TicketPending, kefu.TicketProcessing, kefu.TicketResolved, kefu.TicketClosed})
	enumerate(r, []kefu.AuthorKind{kefu.AuthorContact, kefu.AuthorAgent, kefu.AuthorBot, kefu.AuthorSystem})
	enumerate(r, []kefu.LinkRole{kefu.RoleCustomer, kefu.RoleDesk, kefu.RoleFormer})
	enumerate(r, []kefu.DeliveryState{kefu.DeliveryQueued, kefu.DeliverySending, kefu.DeliveryDelivered, kefu.DeliveryFailed, kefu.DeliveryUncertain,
		kefu.DeliverySkipped})
	enumerate(r, []kefu.ContentType{kefu.ContentText, kefu.ContentImage, kefu.ContentFile, kefu.ContentOrderCard, kefu.ContentForm, kefu.ContentChoice,
		kefu.ContentArticle, kefu.ContentEvent})
	enumerate(r, []kefu.FieldType{kefu.FieldText, kefu.FieldArea, kefu.FieldEmail, kefu.FieldSelect})
	enumerate(r, kefu.EndpointAuths())
	enumerate(r, kefu.TimestampFormats())
	enumerate(r, kefu.RetrySchedules())
	return r
}

// enumerate lists the words of a type.
func enumerate[T ~string](r *schemas, words []T) {
	list := make([]any, 0, len(words))
	for _, w := range words {
		list = append(list, string(w))
	}
	r.words[reflect.TypeFor[T]()] = list
}

// Schema gives the schema of a type, by reference when it has a name of its own.
func (r *schemas) Schema(t reflect.Type, allowRef bool, hint string) *huma.Schema {
	bare := t
	for bare.Kind() == reflect.Pointer {
		bare = bare.Elem()
	}
	if inner, ok := held(bare); ok {
		return nullable(r.Schema(inner, allowRef && inner != reflect.TypeFor[switchboard.InboxHours](), hint))
	}
	if bare == reflect.TypeFor[huma.ErrorModel]() {
		bare = reflect.TypeFor[problem]()
	}
	if words, ok := r.words[bare]; ok {
		s := &huma.Schema{Type: huma.TypeString, Enum: words}
		s.PrecomputeMessages()
		if t.Kind() == reflect.Pointer {
			return nullable(s)
		}
		return s
	}
	if !isObject(bare) {
		s := huma.SchemaFromType(r, t)
		if s != nil && s.Type == huma.TypeArray {
			s.Nullable = false
		}
		return s
	}
	name := r.name(bare, hint)
	if have, ok := r.types[name]; ok && have != bare {
		panic(fmt.Sprintf("two types would be called %s in the API's document: %s and %s; rename one", name, have, bare))
	}
	if _, ok := r.named[name]; !ok {
		r.types[name], r.named[name] = bare, &huma.Schema{} // there before its members are made: they may refer to it
		r.named[name] = huma.SchemaFromType(r, bare)
	}
	if t == reflect.TypeFor[*switchboard.ConversationRating]() || t == reflect.TypeFor[*switchboard.InboxHours]() {
		return nullable(r.named[name]) // a reference cannot say that it may be null
	}
	if allowRef {
		return &huma.Schema{Ref: schemaPrefix + name}
	}
	return r.named[name]
}

// held is the type inside a kefu.Opt.
func held(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[kefu.Label]().PkgPath() || !strings.HasPrefix(t.Name(), "Opt[") {
		return nil, false
	}
	f, ok := t.FieldByName("Value")
	return f.Type, ok
}

// nullable allows null beside what a schema says. A reference stays as it is: null then only clears what is optional.
func nullable(s *huma.Schema) *huma.Schema {
	if s.Ref != "" || s.Type == "" {
		return s
	}
	out := *s
	out.Nullable = true
	if len(s.Enum) > 0 {
		out.Enum = append(append([]any{}, s.Enum...), nil)
	}
	return &out
}

func isObject(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return false
	}
	p := reflect.PointerTo(t)
	return !p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && !p.Implements(reflect.TypeFor[huma.SchemaProvider]())
}

// name is what a type is called in the document: List[Label] is LabelList, a type without a name is called after its place.
func (r *schemas) name(t reflect.Type, hint string) string {
	outer, inner, generic := strings.Cut(t.Name(), "[")
	if outer == "" {
		outer = hint
	}
	if generic {
		inner = strings.TrimSuffix(inner, "]")
		outer = capital(inner[strings.LastIndex(inner, ".")+1:]) + capital(outer)
	}
	return capital(outer)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// SchemaFromRef finds what a reference means.
func (r *schemas) SchemaFromRef(ref string) *huma.Schema {
	return r.named[strings.TrimPrefix(ref, schemaPrefix)]
}

// TypeFromRef finds the type behind a reference.
func (r *schemas) TypeFromRef(ref string) reflect.Type {
	return r.types[strings.TrimPrefix(ref, schemaPrefix)]
}

// MarshalJSON writes all schemas by name.
func (r *schemas) MarshalJSON() ([]byte, error) { return json.Marshal(r.named) }

// Map gives all schemas by name.
func (r *schemas) Map() map[string]*huma.Schema { return r.named }

// RegisterTypeAlias is not needed here: types stand for themselves.
func (r *schemas) RegisterTypeAlias(reflect.Type, reflect.Type) {}
