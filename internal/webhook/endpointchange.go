package webhook

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kefu"
)

// What an endpoint has when nobody says otherwise, and how far it may go.
const (
	defaultTimeout  = 5
	longestTimeout  = 30
	defaultInFlight = 4
	mostInFlight    = 32
	mostPerSecond   = 1000
	longestName     = 100
	longestAbout    = 1000
)

// EndpointChange is what an endpoint is made of, or what of it changes: absent members stay, null puts back what a new one has.
type EndpointChange struct {
	Name            kefu.Opt[string]               `json:"name,omitzero" doc:"What people call it, 1 to 100 characters."`
	URL             kefu.Opt[string]               `json:"url,omitzero" doc:"Where events are sent: https, at most 2048 bytes; http only if the operator allows it."`
	Description     kefu.Opt[string]               `json:"description,omitzero" doc:"What it is for, at most 1000 characters."`
	Events          kefu.Opt[[]string]             `json:"events,omitzero" doc:"Event types that it wants: exact words, message.* or *. Alerts are wanted by name only."`
	Enabled         kefu.Opt[bool]                 `json:"enabled,omitzero" doc:"Whether it is sent anything. To enable one that Kefu disabled forgets its failures."`
	Authentication  kefu.Opt[AuthenticationChange] `json:"authentication,omitzero" doc:"How Kefu shows the receiver who it is, besides the signature."`
	Headers         kefu.Opt[[]HeaderChange]       `json:"headers,omitzero" doc:"Headers to send with every request, at most 20. They replace those there are."`
	TimestampFormat kefu.Opt[kefu.TimestampFormat] `json:"timestamp_format,omitzero" doc:"How times are written: iso8601 (default), or unix for seconds."`
	Schedule        kefu.Opt[kefu.RetrySchedule]   `json:"schedule,omitzero" doc:"When what failed is tried again: standard (1, 5 and 30 seconds; default), or extended (up to three days)."`
	Timeout         kefu.Opt[int]                  `json:"timeout,omitzero" doc:"Seconds that an attempt may take in all, 1 to 30; 5 without it."`
	MaxInFlight     kefu.Opt[int]                  `json:"max_in_flight,omitzero" doc:"How many requests may be on their way at once, 1 to 32; 4 without it."`
	RateLimit       kefu.Opt[int]                  `json:"rate_limit,omitzero" doc:"The most requests a second, to 1000; 0 (default) is without limit."`
	Secret          kefu.Opt[string]               `json:"secret,omitzero" doc:"Signing secret of a new endpoint: whsec_ and base64, or at least 16 characters. Without it one is made. Later it is changed by rotate."`
}

// reset gives an endpoint what one has when nobody says otherwise.
func (t *Target) reset() {
	EndpointChange{TimestampFormat: kefu.Opt[kefu.TimestampFormat]{Given: true}, Schedule: kefu.Opt[kefu.RetrySchedule]{Given: true},
		Timeout: kefu.Opt[int]{Given: true, Null: true}, MaxInFlight: kefu.Opt[int]{Given: true, Null: true}}.limits(t, new(kefu.Faults))
}

// apply changes an endpoint and notes every fault. unreachable says why requests cannot go to the address, "" when they can.
func (ch EndpointChange) apply(t *Target, unreachable string, f *kefu.Faults) {
	before := t.URL
	ch.Name.Set(&t.Name)
	ch.URL.Set(&t.URL)
	ch.Description.Set(&t.Description)
	ch.Enabled.Set(&t.Enabled)
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" || utf8.RuneCountInString(t.Name) > longestName || strings.ContainsFunc(t.Name, unicode.IsControl) {
		f.Add("name", "is needed, with at most %d characters and no line breaks", longestName)
	}
	if unreachable != "" && (before == "" || before != t.URL) { // one that is there already stands in the way of no other change
		f.Add("url", "%s", unreachable)
	}
	if utf8.RuneCountInString(t.Description) > longestAbout {
		f.Add("description", "must have at most %d characters", longestAbout)
	}
	if ch.Enabled.Null {
		f.Add("enabled", "must be true or false")
	}
	if ch.Events.Given {
		t.Events = unique(ch.Events.Value)
		CheckEvents(f, t.Events)
	}
	ch.limits(t, f)
	// What was given for one host is not for another: whoever may move an endpoint must not get to see what it keeps to itself.
	moved := before != "" && origin(before) != origin(t.URL)
	ch.authenticate(t, moved, f)
	ch.head(t, moved, f)
}

// limits changes how an endpoint is sent to.
func (ch EndpointChange) limits(t *Target, f *kefu.Faults) {
	if ch.TimestampFormat.Given {
		t.Timestamps = cmp.Or(ch.TimestampFormat.Value, kefu.TimestampISO)
		oneOf("timestamp_format", t.Timestamps, kefu.TimestampFormats(), f)
	}
	if ch.Schedule.Given {
		t.Schedule = cmp.Or(ch.Schedule.Value, kefu.ScheduleStandard)
		oneOf("schedule", t.Schedule, kefu.RetrySchedules(), f)
	}
	if ch.Timeout.Given {
		n := number("timeout", ch.Timeout, defaultTimeout, 1, longestTimeout, f)
		t.Timeout = time.Duration(n) * time.Second
	}
	if ch.MaxInFlight.Given {
		t.MaxInFlight = number("max_in_flight", ch.MaxInFlight, defaultInFlight, 1, mostInFlight, f)
	}
	if ch.RateLimit.Given {
		t.RateLimit = number("rate_limit", ch.RateLimit, 0, 0, mostPerSecond, f)
	}
}

func oneOf[T ~string](field string, word T, words []T, f *kefu.Faults) {
	if !slices.Contains(words, word) {
		f.Add(field, "must be one of %v", words)
	}
}

// number takes a number; null is the default.
func number(field string, given kefu.Opt[int], otherwise, least, most int, f *kefu.Faults) int {
	if given.Null {
		return otherwise
	}
	if given.Value < least || given.Value > most {
		f.Add(field, "must be %d to %d", least, most)
		return otherwise
	}
	return given.Value
}

// unique is the words once each, in order.
func unique(words []string) []string {
	out := make([]string, 0, min(len(words), maxWords+1))
	for _, word := range words {
		if len(out) <= maxWords && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// members names what is to change.
func (ch EndpointChange) members() []string {
	given := []string{}
	for _, m := range []struct {
		name  string
		given bool
	}{
		{"name", ch.Name.Given}, {"url", ch.URL.Given}, {"description", ch.Description.Given}, {"events", ch.Events.Given}, {"enabled", ch.Enabled.Given},
		{"authentication", ch.Authentication.Given}, {"headers", ch.Headers.Given}, {"timestamp_format", ch.TimestampFormat.Given},
		{"schedule", ch.Schedule.Given}, {"timeout", ch.Timeout.Given}, {"max_in_flight", ch.MaxInFlight.Given}, {"rate_limit", ch.RateLimit.Given},
	} {
		if m.given {
			given = append(given, m.name)
		}
	}
	return given
}
