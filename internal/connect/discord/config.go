package discord

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/secret"
)

// Values of the settings talk and on_close.
const (
	talkRelay      = "relay"
	talkInternal   = "internal"
	onCloseDelete  = "delete"
	onCloseArchive = "archive"
)

const defaultAPI = "https://discord.com/api/v10"

// settings are an inbox's settings, checked.
type settings struct {
	token             secret.Text
	apiURL            string
	guildID           string
	ticketCategories  []string
	agentRoles        []string
	talk              string
	onClose           string
	transcriptChannel string
	community         community
}

func fields() []connector.Field {
	return []connector.Field{
		field("token", "secret", "", "Bot 權杖", "Bot 令牌", "Bot token", "The bot's token, from the Discord developer portal.", true),
		field("api_url", "string", defaultAPI, "API 位址", "API 地址", "API address", "Base address of Discord's REST API; the gateway's address comes from it."),
		field("guild_id", "string", "", "伺服器 ID", "服务器 ID", "Server id", "The Discord server (guild) in which tickets are opened.", true),
		field("ticket_categories", "list", "", "客服單類別", "工单类别", "Ticket categories", "Ids of the categories for ticket channels, first choice first; empty: Kefu makes and extends its own \"Tickets\"."),
		field("agent_roles", "list", "", "客服身分組", "客服身份组", "Agent roles", "Ids of the roles whose members are staff; empty: whoever sees the ticket channel."),
		field("talk", "string", talkRelay, "頻道對話", "频道对话", "Talk", "relay: what staff write in a ticket channel goes to the customer; internal: only /reply and the Reply button do."),
		field("on_close", "string", onCloseDelete, "關閉時", "关闭时", "On close", "delete or archive: what becomes of the channel of a closed ticket."),
		field("transcript_channel", "string", "", "紀錄頻道", "记录频道", "Transcript channel", "Id of the channel that transcripts of closed tickets are posted to; empty: none."),
		withMembers(field("community", "map", "", "社群", "社区", "Community", "Help for the members of the server: with it, even empty, members have /helpme, /bug and /new_feature, and their direct messages are taken. Members: bug_channel, feature_channel, announcement_channel (ids), feeds (addresses), bot (true: it answers first), rating (true: members are asked after the end), max_open (3: open matters of one member), cooldown (30s between two), patience (5m until the next desk is told), min_account_age (0s), blocked (ids of members)."), communityFields()),
	}
}

func field(name, kind, preset, tw, cn, en, doc string, required ...bool) connector.Field {
	return connector.Field{
		Name: name, Type: kind, Default: preset, Doc: doc, Required: len(required) > 0 && required[0],
		Label: map[string]string{zhTW.String(): tw, zhCN.String(): cn, english.String(): en},
	}
}

func withMembers(f connector.Field, names []string) connector.Field {
	f.Members = names
	return f
}

// parseSettings names every wrong, missing and unknown setting in one error.
func parseSettings(raw json.RawMessage) (settings, error) {
	r := reader{values: map[string]json.RawMessage{}}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &r.values); err != nil {
			return settings{}, kefu.Wrap(kefu.KindInvalid, err, "the settings of a Discord inbox must be an object")
		}
	}
	s := settings{
		token:             secret.Text(r.text("token")),
		apiURL:            strings.TrimRight(cmp.Or(r.text("api_url"), defaultAPI), "/"),
		guildID:           r.id("guild_id"),
		ticketCategories:  r.ids("ticket_categories"),
		agentRoles:        r.ids("agent_roles"),
		talk:              r.word("talk", talkRelay, talkInternal),
		onClose:           r.word("on_close", onCloseDelete, onCloseArchive),
		transcriptChannel: r.id("transcript_channel"),
	}
	s.community = r.community()
	r.required("token", string(s.token))
	r.required("guild_id", s.guildID)
	r.address("api_url", s.apiURL)
	r.unknown()
	return s, r.faults.Err("the settings of the Discord inbox are wrong")
}

// reader takes settings apart and collects what is wrong with them. A fault names the setting and never its value: it may be a secret
// in the wrong place.
type reader struct {
	values map[string]json.RawMessage
	faults kefu.Faults
}

func (r *reader) text(name string) string {
	s, err := scalar(r.values[name])
	if err != nil {
		r.faults.Add(name, "must be text")
	}
	return strings.TrimSpace(s)
}

func (r *reader) id(name string) string {
	s := r.text(name)
	if s != "" && !snowflake(s) {
		r.faults.Add(name, "must be an id: digits only, from \"Copy ID\" in Discord with developer mode on")
		return ""
	}
	return s
}

// ids reads a list, or what an environment variable can hold: ids with commas between them.
func (r *reader) ids(name string) []string {
	var list []json.RawMessage
	raw := r.values[name]
	if json.Unmarshal(raw, &list) != nil {
		for part := range strings.SplitSeq(r.text(name), ",") {
			list = append(list, json.RawMessage(strconv.Quote(part)))
		}
	}
	ids := make([]string, 0, len(list))
	for i, item := range list {
		s, err := scalar(item)
		s = strings.TrimSpace(s)
		switch {
		case err != nil || s != "" && !snowflake(s):
			r.faults.Add(fmt.Sprintf("%s[%d]", name, i), "must be an id: digits only")
		case s != "" && !slices.Contains(ids, s):
			ids = append(ids, s)
		}
	}
	return ids
}

// word reads one of the allowed words; the first is the default.
func (r *reader) word(name string, allowed ...string) string {
	s := cmp.Or(r.text(name), allowed[0])
	if !slices.Contains(allowed, s) {
		r.faults.Add(name, "must be %s", strings.Join(allowed, " or "))
	}
	return s
}

func (r *reader) required(name, value string) {
	faulty := slices.ContainsFunc(r.faults, func(f kefu.Fault) bool { return f.Field == name })
	if value == "" && !faulty {
		r.faults.Add(name, "is missing")
	}
}

func (r *reader) address(name, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		r.faults.Add(name, "must be an http(s) address without a user name")
	}
}

func (r *reader) unknown() {
	var known []string
	for _, f := range fields() {
		known = append(known, f.Name)
	}
	var odd []string
	for name := range r.values {
		if !slices.Contains(known, name) {
			odd = append(odd, name)
		}
	}
	slices.Sort(odd)
	for _, name := range odd {
		r.faults.Add(name, "is not a setting of a Discord inbox; known are %s", strings.Join(known, ", "))
	}
}

// scalar takes text and numbers: an id without quotes is a number in YAML.
func scalar(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	var s string
	if raw[0] == '"' {
		err := json.Unmarshal(raw, &s)
		return s, err
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	return n.String(), err
}

func snowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}
