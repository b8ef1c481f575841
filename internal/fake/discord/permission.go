package discord

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Permissions is a bit set; on the wire it is a decimal string.
type Permissions uint64

// The permissions the fake looks at.
const (
	Administrator         Permissions = 1 << 3
	ManageChannels        Permissions = 1 << 4
	AddReactions          Permissions = 1 << 6
	ViewChannel           Permissions = 1 << 10
	SendMessages          Permissions = 1 << 11
	ManageMessages        Permissions = 1 << 13
	EmbedLinks            Permissions = 1 << 14
	AttachFiles           Permissions = 1 << 15
	ReadMessageHistory    Permissions = 1 << 16
	MentionEveryone       Permissions = 1 << 17
	ManageRoles           Permissions = 1 << 28
	UseCommands           Permissions = 1 << 31
	ManageThreads         Permissions = 1 << 34
	CreatePublicThreads   Permissions = 1 << 35
	CreatePrivateThreads  Permissions = 1 << 36
	SendMessagesInThreads Permissions = 1 << 38
	PinMessages           Permissions = 1 << 51
)

// EveryonePermissions is what @everyone may do in a fresh guild.
const EveryonePermissions = ViewChannel | SendMessages | ReadMessageHistory | AddReactions |
	EmbedLinks | AttachFiles | UseCommands | CreatePublicThreads | CreatePrivateThreads | SendMessagesInThreads

// HelpdeskPermissions is what the bot's role grants unless Options say otherwise.
const HelpdeskPermissions = EveryonePermissions | ManageChannels | ManageMessages | ManageRoles |
	ManageThreads | PinMessages | MentionEveryone

// MarshalJSON writes the decimal string that Discord uses.
func (p Permissions) MarshalJSON() ([]byte, error) {
	return []byte(`"` + strconv.FormatUint(uint64(p), 10) + `"`), nil
}

// UnmarshalJSON reads a decimal string or a number; null is 0.
func (p *Permissions) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = string(b)
	}
	if text == "null" || text == "" {
		*p = 0
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("permissions %q: want a decimal string", text)
	}
	*p = Permissions(n)
	return nil
}
