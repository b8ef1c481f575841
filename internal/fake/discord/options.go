package discord

import (
	"cmp"
	"log/slog"
	"time"
)

// Options configures New. The zero value is a guild without rate limits whose
// bot may do everything a help-desk bot needs.
type Options struct {
	Token     string // the bot's token; default "fake-token"
	GuildName string // default "Dragon Shop"
	BotName   string // default "kefu"

	// BotPermissions is what the bot's own role grants; 0 means HelpdeskPermissions.
	BotPermissions Permissions
	// ForbiddenWords are refused in channel names, beside "1488".
	ForbiddenWords []string
	// ContentIntentOff and MembersIntentOff take the privileged intents away in
	// the "developer portal": asking for them closes the gateway with 4014.
	ContentIntentOff, MembersIntentOff bool
	// Community makes the guild a community guild (announcement channels can be made).
	Community bool

	ChannelsPerCategory int           // default 50
	ChannelsPerGuild    int           // default 500
	RenameLimit         int           // name/topic changes per channel and RenameWindow; default 2, negative = none
	RenameWindow        time.Duration // default 10 min
	NonceWindow         time.Duration // how long enforce_nonce finds the earlier message; default 3 min
	CallbackDeadline    time.Duration // first answer to an interaction; default 3 s
	TokenLifetime       time.Duration // of an interaction; default 15 min
	HeartbeatInterval   time.Duration // announced in HELLO; default 41.25 s
	ReplayEvents        int           // events kept per gateway session for RESUME; default 4096
	ReplayWindow        time.Duration // how long a lost session can be resumed; default 2 min
	AttachmentLifetime  time.Duration // of a signed CDN address; default 24 h
	MaxUpload           int64         // bytes per file; default 10 MiB
	MaxMessages         int           // kept in all, deleted ones too; beyond it 503; default 1,000,000
	InvalidLimit        int           // 401/403/429 answers per 10 min before Cloudflare bans; default 10,000

	RateLimits RateLimits // zero = none

	// RequestRing is how many requests Requests keeps; default 10,000, negative = no recording.
	RequestRing int

	Now func() time.Time // default time.Now
	Log *slog.Logger     // default: discard
}

func (o Options) withDefaults() Options {
	o.Token = cmp.Or(o.Token, "fake-token")
	o.GuildName = cmp.Or(o.GuildName, "Dragon Shop")
	o.BotName = cmp.Or(o.BotName, "kefu")
	o.BotPermissions = cmp.Or(o.BotPermissions, HelpdeskPermissions)
	o.ChannelsPerCategory = cmp.Or(o.ChannelsPerCategory, 50)
	o.ChannelsPerGuild = cmp.Or(o.ChannelsPerGuild, 500)
	o.RenameLimit = cmp.Or(o.RenameLimit, 2)
	o.RenameWindow = cmp.Or(o.RenameWindow, 10*time.Minute)
	o.NonceWindow = cmp.Or(o.NonceWindow, 3*time.Minute)
	o.CallbackDeadline = cmp.Or(o.CallbackDeadline, 3*time.Second)
	o.TokenLifetime = cmp.Or(o.TokenLifetime, 15*time.Minute)
	o.HeartbeatInterval = cmp.Or(o.HeartbeatInterval, 41250*time.Millisecond)
	o.ReplayEvents = cmp.Or(o.ReplayEvents, 4096)
	o.ReplayWindow = cmp.Or(o.ReplayWindow, 2*time.Minute)
	o.AttachmentLifetime = cmp.Or(o.AttachmentLifetime, 24*time.Hour)
	o.MaxUpload = cmp.Or(o.MaxUpload, 10<<20)
	o.MaxMessages = cmp.Or(o.MaxMessages, 1_000_000)
	o.InvalidLimit = cmp.Or(o.InvalidLimit, 10_000)
	o.RequestRing = cmp.Or(o.RequestRing, 10_000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
