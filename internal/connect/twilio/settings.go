package twilio

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/secret"
)

// sidForm is what the ids of Twilio look like: two letters of the kind, then 32 digits.
var sidForm = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)

// isSID tells whether text is an id of a kind: "CH" of conversations.
func isSID(kind, text string) bool { return strings.HasPrefix(text, kind) && sidForm.MatchString(text) }

// parseSettings names every wrong, missing and unknown setting in one error.
func parseSettings(raw json.RawMessage) (settings, error) {
	r := reader{given: map[string]json.RawMessage{}}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &r.given); err != nil {
			return settings{}, kefu.Wrap(kefu.KindInvalid, err, "the settings are not a JSON object")
		}
	}
	r.unknown()
	s := settings{
		account:     r.sid("account_sid", "AC"),
		token:       secret.Text(r.text("auth_token", "")),
		key:         secret.Text(r.sid("api_key", "SK")),
		keySecret:   secret.Text(r.text("api_secret", "")),
		service:     r.sid("service_sid", "IS"),
		messaging:   r.sid("messaging_service_sid", "MG"),
		numbers:     r.numbers("numbers"),
		bot:         r.flag("bot"),
		workspace:   r.sid("workspace_sid", "WS"),
		workflow:    r.sid("workflow_sid", "WW"),
		channelType: r.word("channel_type", defaultType, "chat", "sms", "whatsapp"),
		routing:     r.word("routing", routingKefu, routingStudio),
		flow:        r.sid("flow_sid", "FW"),
		bases:       r.bases("base_urls"),
		lang:        kefu.Locale(r.word("lang", string(kefu.LocaleTaiwan), string(kefu.LocaleChina), string(kefu.LocaleEnglish))),
		sweepEvery:  r.duration("sweep_every", defaultSweep),
	}
	r.flag("default")
	r.together()
	return s, r.faults.Err("the settings of the Twilio inbox are wrong")
}

// together checks what settings mean beside each other.
func (r *reader) together() {
	for _, name := range []string{"account_sid", "auth_token"} {
		if !r.has(name) {
			r.faults.Add(name, "is missing; both stand on the first page of Twilio's console")
		}
	}
	for _, pair := range [][2]string{{"api_key", "api_secret"}, {"workspace_sid", "workflow_sid"}} {
		for i, name := range pair {
			if other := pair[1-i]; r.has(other) && !r.has(name) {
				r.faults.Add(name, "is missing: %s is set, and is of no use alone", other)
			}
		}
	}
	studio := r.text("routing", "") == routingStudio
	if studio && !r.has("flow_sid") {
		r.faults.Add("flow_sid", "is missing: routing is studio; name the flow, FW…")
	}
	if !studio && r.has("flow_sid") {
		r.faults.Add("flow_sid", "is of no use unless routing is studio")
	}
}

// reader takes settings as configuration files, the console and environment variables give them: typed, or all as text. No fault repeats
// a value: it may be a secret in the wrong place.
type reader struct {
	given  map[string]json.RawMessage
	faults kefu.Faults
}

func (r *reader) unknown() {
	var known []string
	for _, f := range fields() {
		known = append(known, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		if !slices.Contains(known, name) {
			r.faults.Add(name, "is not a setting; there are %s", strings.Join(known, ", "))
		}
	}
}

func (r *reader) has(name string) bool {
	raw := strings.TrimSpace(string(r.given[name]))
	return raw != "" && raw != "null" && raw != `""`
}

func (r *reader) text(name, preset string) string {
	if !r.has(name) {
		return preset
	}
	var s string
	if err := json.Unmarshal(r.given[name], &s); err != nil {
		r.fault(name, "must be text")
		return preset
	}
	if s = strings.TrimSpace(s); s == "" {
		return preset
	}
	return s
}

// fault names a setting once: some are read twice.
func (r *reader) fault(name, words string, args ...any) {
	if !slices.ContainsFunc(r.faults, func(f kefu.Fault) bool { return f.Field == name }) {
		r.faults.Add(name, words, args...)
	}
}

func (r *reader) sid(name, kind string) string {
	s := r.text(name, "")
	if s != "" && !isSID(kind, s) {
		r.fault(name, "must be an id of Twilio's: %s and 32 digits and letters from a to f", kind)
		return ""
	}
	return s
}

// word reads one of the allowed words; the first is the default.
func (r *reader) word(name string, allowed ...string) string {
	s := r.text(name, allowed[0])
	if !slices.Contains(allowed, s) {
		r.fault(name, "must be one of %s", strings.Join(allowed, ", "))
		return allowed[0]
	}
	return s
}

func (r *reader) duration(name, preset string) time.Duration {
	d, err := time.ParseDuration(r.text(name, preset))
	if err != nil || d < 0 || d > 0 && d < time.Second {
		r.fault(name, "must be a duration of at least 1s, such as 5m; 0 is never")
	}
	return d
}

func (r *reader) flag(name string) bool {
	switch strings.Trim(string(r.given[name]), `"`) {
	case "true":
		return true
	case "false", "", "null":
	default:
		r.fault(name, "must be true or false")
	}
	return false
}

// number is what a number of ours looks like, and what else customers write to: a short code, the name of a page.
var number = regexp.MustCompile(`^\+?[0-9A-Za-z]{3,32}$`)

// numbers reads a list, or numbers with commas or spaces between them.
func (r *reader) numbers(name string) []string {
	if !r.has(name) {
		return nil
	}
	var list []string
	if json.Unmarshal(r.given[name], &list) != nil {
		list = strings.FieldsFunc(r.text(name, ""), func(c rune) bool { return c == ',' || c == ' ' })
	}
	for _, n := range list {
		if !number.MatchString(n) {
			r.fault(name, "must be numbers such as +12025550100, without whatsapp: in front")
		}
	}
	return list
}

// bases reads addresses by their names, or one address of a server that plays all of Twilio.
func (r *reader) bases(name string) bases {
	given := map[string]string{}
	var one string
	switch raw := r.given[name]; {
	case !r.has(name):
	case json.Unmarshal(raw, &one) == nil:
		for _, service := range baseNames() {
			given[service] = one
		}
	case json.Unmarshal(raw, &given) != nil:
		r.fault(name, "must be a map of addresses: %s", strings.Join(baseNames(), ", "))
		return bases{}
	}
	for _, service := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(baseNames(), service) {
			r.faults.Add(name+"."+service, "is no service; there are %s", strings.Join(baseNames(), ", "))
		}
		given[service] = strings.TrimRight(given[service], "/")
		if u, err := url.Parse(given[service]); err != nil || given[service] != "" && !isRoot(u) {
			r.faults.Add(name+"."+service, "must be an address such as https://conversations.twilio.com, without user, query and fragment")
		}
	}
	return bases{given["conversations"], given["flex"], given["studio"], given["taskrouter"], given["api"], given["mcs"]}
}

func isRoot(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}
