package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
)

// maxFiles is how many files one message can carry.
const maxFiles = 10

// call is one REST request on its way through a handler.
type call struct {
	r     *http.Request
	body  []byte   // the JSON, of a multipart body its payload_json
	files []upload // of a multipart body
}

// upload is one file part; key is n of files[n].
type upload struct {
	key string
	File
}

// object is a decoded JSON object whose members are not looked at yet.
type object map[string]json.RawMessage

// field is a member of a body: absent, null (the zero value) or a value.
type field[T any] struct {
	set   bool
	value T
}

// readCall reads and bounds the body and takes a multipart body apart.
func readCall(r *http.Request, maxUpload int64) (*call, []byte, error) {
	c := &call{r: r}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxFiles*maxUpload+1<<20))
	if err != nil {
		return c, raw, errTooLarge
	}
	c.body = raw
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return c, raw, c.checkType(kind)
	}
	return c, raw, c.takeApart(raw, params["boundary"], maxUpload)
}

func (c *call) checkType(kind string) error {
	if len(c.body) == 0 || kind == "application/json" {
		return nil
	}
	f := newForm()
	f.add("_body", "CONTENT_TYPE_INVALID", `Expected "Content-Type" header to be one of {'application/json'}.`)
	return f.err()
}

func (c *call) takeApart(raw []byte, boundary string, maxUpload int64) error {
	c.body = nil
	parts := multipart.NewReader(bytes.NewReader(raw), boundary)
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errBadJSON
		}
		data, err := io.ReadAll(io.LimitReader(p, maxUpload+1))
		if err != nil || int64(len(data)) > maxUpload {
			return errTooLarge
		}
		if p.FormName() == "payload_json" {
			c.body = data
			continue
		}
		key := strings.TrimSuffix(strings.TrimPrefix(p.FormName(), "files["), "]")
		c.files = append(c.files, upload{key, File{Name: p.FileName(), ContentType: p.Header.Get("Content-Type"), Data: data}})
	}
}

// object decodes the body; no body is an empty object.
func (c *call) object() (object, error) {
	o := object{}
	if len(c.body) == 0 {
		return o, nil
	}
	if err := json.Unmarshal(c.body, &o); err != nil {
		return nil, errBadJSON
	}
	return o, nil
}

// id is a path parameter that must be a snowflake.
func (c *call) id(name string) (string, error) {
	id := c.r.PathValue(name)
	if isSnowflake(id) {
		return id, nil
	}
	f := newForm()
	f.add(name+"_id", "NUMBER_TYPE_COERCE", `Value "`+id+`" is not snowflake.`)
	return "", f.err()
}

// ids are several path parameters at once.
func (c *call) ids(a, b string) (string, string, error) {
	x, err := c.id(a)
	if err != nil {
		return "", "", err
	}
	y, err := c.id(b)
	return x, y, err
}

// take reads one member of a body; a value of the wrong type is noted in f.
func take[T any](o object, key string, f *form) field[T] {
	var out field[T]
	raw, ok := o[key]
	if !ok {
		return out
	}
	out.set = true
	err := json.Unmarshal(raw, &out.value)
	if err == nil {
		return out
	}
	path, want := key, reflect.TypeFor[T]()
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field != "" {
			path += "." + wrong.Field
		}
		want = wrong.Type
	}
	code, message := typeError(want, raw)
	f.add(path, code, message)
	return out
}

func typeError(want reflect.Type, raw json.RawMessage) (code, message string) {
	text := string(raw[:min(len(raw), 80)])
	switch want.Kind() {
	case reflect.Slice:
		return "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
	case reflect.String:
		return "STRING_TYPE_CONVERT", "Could not interpret " + text + " as string."
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
	case reflect.Bool:
		return "BOOLEAN_TYPE_CONVERT", "Must be either true or false."
	default:
		return "NUMBER_TYPE_COERCE", "Value " + text + " is not int."
	}
}
