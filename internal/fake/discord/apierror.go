package discord

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// apiError is an answer that is not 2xx, in Discord's shape.
type apiError struct {
	status     int
	code       int
	message    string
	tree       map[string]any // errors of a form
	retryAfter time.Duration  // of a 429
	global     bool
	scope      string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d (%d) %s", e.status, e.code, e.message)
}

// The errors that many routes share.
var (
	errUnauthorized       = &apiError{status: 401, message: "401: Unauthorized"}
	errNotFound           = &apiError{status: 404, message: "404: Not Found"}
	errMethod             = &apiError{status: 405, message: "405: Method Not Allowed"}
	errTooLarge           = &apiError{status: 413, code: 40005, message: "Request entity too large"}
	errFull               = &apiError{status: 503, message: "fake discord is full; raise Options.MaxMessages"}
	errUnknownChannel     = &apiError{status: 404, code: 10003, message: "Unknown Channel"}
	errUnknownGuild       = &apiError{status: 404, code: 10004, message: "Unknown Guild"}
	errUnknownMember      = &apiError{status: 404, code: 10007, message: "Unknown Member"}
	errUnknownMessage     = &apiError{status: 404, code: 10008, message: "Unknown Message"}
	errUnknownOverwrite   = &apiError{status: 404, code: 10009, message: "Unknown Permission Overwrite"}
	errUnknownUser        = &apiError{status: 404, code: 10013, message: "Unknown User"}
	errUnknownEmoji       = &apiError{status: 400, code: 10014, message: "Unknown Emoji"}
	errUnknownWebhook     = &apiError{status: 404, code: 10015, message: "Unknown Webhook"}
	errUnknownInteraction = &apiError{status: 404, code: 10062, message: "Unknown interaction"}
	errUnknownCommand     = &apiError{status: 404, code: 10063, message: "Unknown application command"}
	errGuildFull          = &apiError{status: 400, code: 30013, message: "Maximum number of guild channels reached (500)"}
	errPinsFull           = &apiError{status: 400, code: 30003, message: "Maximum number of pins reached (50)"}
	errReactionsFull      = &apiError{status: 400, code: 30010, message: "Maximum number of reactions reached (20)"}
	errCrossposted        = &apiError{status: 400, code: 40033, message: "This message has already been crossposted."}
	errAcknowledged       = &apiError{status: 400, code: 40060, message: "Interaction has already been acknowledged."}
	errMissingAccess      = &apiError{status: 403, code: 50001, message: "Missing Access"}
	errOtherAuthor        = &apiError{status: 403, code: 50005, message: "Cannot edit a message authored by another user"}
	errEmptyMessage       = &apiError{status: 400, code: 50006, message: "Cannot send an empty message"}
	errDMClosed           = &apiError{status: 403, code: 50007, message: "Cannot send messages to this user"}
	errNotText            = &apiError{status: 400, code: 50008, message: "Cannot send messages in a non-text channel"}
	errMissingPermissions = &apiError{status: 403, code: 50013, message: "Missing Permissions"}
	errChannelType        = &apiError{status: 400, code: 50024, message: "Cannot execute action on this channel type"}
	errWebhookToken       = &apiError{status: 401, code: 50027, message: "Invalid Webhook Token"}
	errArchived           = &apiError{status: 400, code: 50083, message: "Thread is archived"}
	errBadJSON            = &apiError{status: 400, code: 50109, message: "The request body contains invalid JSON."}
	errThreadExists       = &apiError{status: 400, code: 160004, message: "A thread has already been created for this message"}
	errThreadLocked       = &apiError{status: 403, code: 160005, message: "Thread is locked"}
)

// form collects what is wrong with a body. The zero value is ready.
type form struct {
	tree   *map[string]any
	prefix string
}

func newForm() *form { return &form{tree: &map[string]any{}} }

// under is the same form, for the object at path.
func (f *form) under(path string) *form {
	return &form{tree: f.tree, prefix: f.prefix + path + "."}
}

// add notes an error at a dotted path such as "embeds.0.title".
func (f *form) add(path, code, message string) {
	node := *f.tree
	for part := range strings.SplitSeq(f.prefix+path, ".") {
		next, ok := node[part].(map[string]any)
		if !ok {
			next = map[string]any{}
			node[part] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]map[string]string)
	node["_errors"] = append(list, map[string]string{"code": code, "message": message})
}

func (f *form) required(path string) { f.add(path, "BASE_TYPE_REQUIRED", "This field is required") }

// units is a text's length in UTF-16 units, the stricter of the two
// countings that are reported of Discord.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// length checks a text's length in units.
func (f *form) length(path, text string, least, most int) {
	n := units(text)
	switch {
	case n >= least && n <= most:
	case least == 0:
		f.add(path, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", most))
	default:
		f.add(path, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", least, most))
	}
}

// count checks how many entries a list has.
func (f *form) count(path string, n, least, most int) {
	if n < least || n > most {
		f.add(path, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", least, most))
	}
}

// err is nil when nothing was added.
func (f *form) err() error {
	if len(*f.tree) == 0 {
		return nil
	}
	return &apiError{status: 400, code: 50035, message: "Invalid Form Body", tree: *f.tree}
}
