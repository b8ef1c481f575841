package discord

import (
	"bytes"
	"fmt"
	"strconv"
)

// Permissions is a set of permission bits; on the wire a decimal number in a string.
type Permissions uint64

// The permissions that Kefu has use for.
const (
	PermissionManageChannels        Permissions = 1 << 4
	PermissionAdministrator         Permissions = 1 << 3
	PermissionManageGuild           Permissions = 1 << 5
	PermissionAddReactions          Permissions = 1 << 6
	PermissionViewChannel           Permissions = 1 << 10
	PermissionSendMessages          Permissions = 1 << 11
	PermissionManageMessages        Permissions = 1 << 13
	PermissionEmbedLinks            Permissions = 1 << 14
	PermissionAttachFiles           Permissions = 1 << 15
	PermissionReadMessageHistory    Permissions = 1 << 16
	PermissionMentionEveryone       Permissions = 1 << 17
	PermissionManageRoles           Permissions = 1 << 28
	PermissionManageWebhooks        Permissions = 1 << 29
	PermissionUseCommands           Permissions = 1 << 31
	PermissionManageThreads         Permissions = 1 << 34
	PermissionCreatePublicThreads   Permissions = 1 << 35
	PermissionCreatePrivateThreads  Permissions = 1 << 36
	PermissionSendMessagesInThreads Permissions = 1 << 38
)

// permissionNames gives each bit the name that Discord's settings show for it.
var permissionNames = [...]struct {
	bit  Permissions
	name string
}{
	{PermissionAdministrator, "Administrator"},
	{PermissionManageChannels, "Manage Channels"},
	{PermissionManageGuild, "Manage Server"},
	{PermissionAddReactions, "Add Reactions"},
	{PermissionViewChannel, "View Channel"},
	{PermissionSendMessages, "Send Messages"},
	{PermissionManageMessages, "Manage Messages"},
	{PermissionEmbedLinks, "Embed Links"},
	{PermissionAttachFiles, "Attach Files"},
	{PermissionReadMessageHistory, "Read Message History"},
	{PermissionMentionEveryone, "Mention Everyone"},
	{PermissionManageRoles, "Manage Roles"},
	{PermissionManageWebhooks, "Manage Webhooks"},
	{PermissionUseCommands, "Use Application Commands"},
	{PermissionManageThreads, "Manage Threads"},
	{PermissionCreatePublicThreads, "Create Public Threads"},
	{PermissionCreatePrivateThreads, "Create Private Threads"},
	{PermissionSendMessagesInThreads, "Send Messages in Threads"},
}

// Has says whether p holds every bit of want. An administrator has them all.
func (p Permissions) Has(want Permissions) bool {
	return p&PermissionAdministrator != 0 || p&want == want
}

// Names gives the permissions in p as a person finds them in Discord's settings; bits without a name come as "bit N".
func (p Permissions) Names() []string {
	var names []string
	for _, n := range permissionNames {
		if p&n.bit != 0 {
			names = append(names, n.name)
			p &^= n.bit
		}
	}
	for i := range 64 {
		if p&(1<<i) != 0 {
			names = append(names, fmt.Sprintf("bit %d", i))
		}
	}
	return names
}

// MarshalJSON writes p as Discord does, a number in a string: more than 53 bits do not survive as a JSON number.
func (p Permissions) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatUint(uint64(p), 10)), nil
}

// UnmarshalJSON reads a number in a string, a plain number, or null (nothing granted).
func (p *Permissions) UnmarshalJSON(b []byte) error {
	b = bytes.Trim(b, `"`)
	if len(b) == 0 || string(b) == "null" {
		*p = 0
		return nil
	}
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("permissions: %q is not a number", b)
	}
	*p = Permissions(n)
	return nil
}
