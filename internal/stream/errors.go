package stream

import (
	"encoding/json"
	"errors"
	"reflect"

	"kefu"
)

// publicError is the error that may be shown; an internal one is for the log alone.
func publicError(err error) (*kefu.Error, bool) {
	public := new(kefu.Error)
	ok := errors.As(err, &public) && public.Kind != kefu.KindInternal
	return public, ok
}

func asType(err error, target **json.UnmarshalTypeError) bool { return errors.As(err, target) }

// jsonType names what a member should have been in the words of JSON.
func jsonType(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}
