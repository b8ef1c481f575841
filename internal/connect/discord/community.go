package discord

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// community is the setting of that name: what members of the server can do.
type community struct {
	on                                              bool // members are customers
	bot, rating                                     bool
	bugChannel, featureChannel, announcementChannel string
	feeds                                           []string
	mostOpen                                        int
	cooldown, patience, minAccountAge               time.Duration
	blocked                                         []string
}

// board tells whether a channel is one where everybody sees how cases stand.
func (c community) board(channel string) bool {
	return channel != "" && (channel == c.bugChannel || channel == c.featureChannel)
}

// Bounds of the settings.
const (
	defaultMostOpen = 3
	maxMostOpen     = 100
	defaultCooldown = 30 * time.Second
	defaultPatience = 5 * time.Minute
	maxFeeds        = 20
)

func communityFields() []string {
	return []string{"bug_channel", "feature_channel", "announcement_channel", "feeds", "bot", "rating", "max_open", "cooldown", "patience", "min_account_age", "blocked"}
}

// community reads the community's settings; their faults are named with where they stand.
func (r *reader) community() community {
	raw := r.values["community"]
	if len(raw) == 0 || string(raw) == "null" {
		return community{}
	}
	in := reader{values: map[string]json.RawMessage{}}
	if json.Unmarshal(raw, &in.values) != nil {
		r.faults.Add("community", "must be an object: bug_channel, feature_channel, announcement_channel, feeds …")
		return community{}
	}
	out := community{
		on: true, bot: in.yes("bot", true), rating: in.yes("rating", true),
		bugChannel: in.id("bug_channel"), featureChannel: in.id("feature_channel"), announcementChannel: in.id("announcement_channel"),
		feeds: in.addresses("feeds"), mostOpen: in.count("max_open", defaultMostOpen, maxMostOpen),
		cooldown: in.span("cooldown", defaultCooldown, time.Hour), patience: in.span("patience", defaultPatience, 24*time.Hour),
		minAccountAge: in.span("min_account_age", 0, 365*24*time.Hour), blocked: in.ids("blocked"),
	}
	for name := range in.values {
		if !slices.Contains(communityFields(), name) {
			in.faults.Add(name, "is not a setting of a community; known are %s", strings.Join(communityFields(), ", "))
		}
	}
	slices.SortFunc(in.faults, func(a, b kefu.Fault) int { return strings.Compare(a.Field, b.Field) })
	for _, f := range in.faults {
		r.faults.Add("community."+f.Field, "%s", f.Msg)
	}
	return out
}

func (r *reader) yes(name string, preset bool) bool {
	raw := r.values[name]
	if len(raw) == 0 || string(raw) == "null" {
		return preset
	}
	yes, err := strconv.ParseBool(strings.Trim(string(raw), `"`))
	if err != nil {
		r.faults.Add(name, "must be true or false")
	}
	return yes
}

func (r *reader) count(name string, preset, most int) int {
	s := r.text(name)
	if s == "" {
		return preset
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		r.faults.Add(name, "must be a number from 0 to %d", most)
	}
	return n
}

func (r *reader) span(name string, preset, most time.Duration) time.Duration {
	s := r.text(name)
	if s == "" {
		return preset
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > most {
		r.faults.Add(name, "must be a time like 30s, 5m or 2h, at most %s", most)
	}
	return d
}

// addresses reads a list of web addresses.
func (r *reader) addresses(name string) []string {
	raw := r.values[name]
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		r.faults.Add(name, "must be a list of addresses")
		return nil
	}
	if len(list) > maxFeeds {
		r.faults.Add(name, "may be at most %d", maxFeeds)
	}
	for i, s := range list {
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || len(s) > 2000 {
			r.faults.Add(fmt.Sprintf("%s[%d]", name, i), "must be an http(s) address without a user name")
		}
	}
	return list
}

// Reception says how members are received.
func (c *Connector) Reception() connector.Reception {
	set := c.set.community
	if !set.on {
		return connector.Reception{}
	}
	return connector.Reception{Bot: set.bot, Tells: true, Rates: set.rating, MostOpen: set.mostOpen, Cooldown: set.cooldown, Patience: set.patience}
}

// Feeds are the addresses whose news are announced.
func (c *Connector) Feeds() []string { return c.set.community.feeds }
