package discord

import "encoding/json"

// Op is the kind of a gateway payload.
type Op int

// Kinds of gateway payload.
const (
	OpDispatch       Op = 0
	OpHeartbeat      Op = 1
	OpIdentify       Op = 2
	OpResume         Op = 6
	OpReconnect      Op = 7
	OpInvalidSession Op = 9
	OpHello          Op = 10
	OpHeartbeatACK   Op = 11
)

// Payload is one message of the gateway, in either direction. S and T are set with OpDispatch.
type Payload struct {
	Op Op              `json:"op"`
	D  json.RawMessage `json:"d"`
	S  *int64          `json:"s,omitempty"`
	T  string          `json:"t,omitempty"`
}

// Hello opens a connection. HeartbeatInterval is in milliseconds.
type Hello struct {
	HeartbeatInterval int64 `json:"heartbeat_interval"`
}

// Identify begins a session.
type Identify struct {
	Token          string             `json:"token"`
	Properties     IdentifyProperties `json:"properties"`
	Intents        Intents            `json:"intents"`
	LargeThreshold int                `json:"large_threshold,omitempty"`
	Shard          []int              `json:"shard,omitempty"`
}

// IdentifyProperties says what program is speaking.
type IdentifyProperties struct {
	OS      string `json:"os"`
	Browser string `json:"browser"`
	Device  string `json:"device"`
}

// Resume takes a session up again after its event Seq.
type Resume struct {
	Token     string `json:"token"`
	SessionID string `json:"session_id"`
	Seq       int64  `json:"seq"`
}

// Ready is the first event of a session. Guilds are unavailable until their GUILD_CREATE.
type Ready struct {
	Version          int         `json:"v"`
	User             User        `json:"user"`
	Guilds           []Guild     `json:"guilds"`
	SessionID        string      `json:"session_id"`
	ResumeGatewayURL string      `json:"resume_gateway_url"`
	Application      Application `json:"application"`
}

// GatewayBot says where the gateway is and how often a session may be started.
type GatewayBot struct {
	URL               string            `json:"url"`
	Shards            int               `json:"shards"`
	SessionStartLimit SessionStartLimit `json:"session_start_limit"`
}

// SessionStartLimit counts session starts. ResetAfter is in milliseconds; MaxConcurrency is how many may identify within 5 s.
type SessionStartLimit struct {
	Total          int   `json:"total"`
	Remaining      int   `json:"remaining"`
	ResetAfter     int64 `json:"reset_after"`
	MaxConcurrency int   `json:"max_concurrency"`
}

// Intents are the kinds of event that a session asks for.
type Intents int

// Intents. GuildMembers and MessageContent are privileged: the owner must switch them on in the developer portal.
const (
	IntentGuilds                Intents = 1 << 0
	IntentGuildMembers          Intents = 1 << 1
	IntentGuildMessages         Intents = 1 << 9
	IntentGuildMessageReactions Intents = 1 << 10
	IntentDirectMessages        Intents = 1 << 12
	IntentMessageContent        Intents = 1 << 15

	// PrivilegedIntents are those that the owner must switch on.
	PrivilegedIntents = IntentGuildMembers | IntentMessageContent
)

// Names of the events that Kefu has use for. The data of the channel and thread events is a Channel, of the message events a Message
// (an update may hold changed fields only), of EventInteractionCreate an Interaction; the others have types below.
const (
	EventReady                 = "READY"
	EventResumed               = "RESUMED"
	EventGuildCreate           = "GUILD_CREATE"
	EventGuildDelete           = "GUILD_DELETE"
	EventGuildMemberAdd        = "GUILD_MEMBER_ADD"
	EventGuildMemberUpdate     = "GUILD_MEMBER_UPDATE" // of the bot itself also without IntentGuildMembers
	EventGuildMemberRemove     = "GUILD_MEMBER_REMOVE"
	EventGuildRoleUpdate       = "GUILD_ROLE_UPDATE"
	EventChannelCreate         = "CHANNEL_CREATE"
	EventChannelUpdate         = "CHANNEL_UPDATE"
	EventChannelDelete         = "CHANNEL_DELETE"
	EventThreadCreate          = "THREAD_CREATE"
	EventThreadUpdate          = "THREAD_UPDATE"
	EventThreadDelete          = "THREAD_DELETE"
	EventMessageCreate         = "MESSAGE_CREATE"
	EventMessageUpdate         = "MESSAGE_UPDATE"
	EventMessageDelete         = "MESSAGE_DELETE"
	EventMessageDeleteBulk     = "MESSAGE_DELETE_BULK"
	EventMessageReactionAdd    = "MESSAGE_REACTION_ADD"
	EventMessageReactionRemove = "MESSAGE_REACTION_REMOVE"
	EventInteractionCreate     = "INTERACTION_CREATE"
)

// MessageDelete is the data of EventMessageDelete.
type MessageDelete struct {
	ID        string `json:"id"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id,omitempty"`
}

// MessageDeleteBulk is the data of EventMessageDeleteBulk.
type MessageDeleteBulk struct {
	IDs       []string `json:"ids"`
	ChannelID string   `json:"channel_id"`
	GuildID   string   `json:"guild_id,omitempty"`
}

// MessageReaction is the data of EventMessageReactionAdd and EventMessageReactionRemove.
type MessageReaction struct {
	UserID    string  `json:"user_id"`
	ChannelID string  `json:"channel_id"`
	MessageID string  `json:"message_id"`
	GuildID   string  `json:"guild_id,omitempty"`
	Member    *Member `json:"member,omitempty"`
	Emoji     Emoji   `json:"emoji"`
}

// MemberRemove is the data of EventGuildMemberRemove.
type MemberRemove struct {
	GuildID string `json:"guild_id"`
	User    User   `json:"user"`
}
