package discord

import "regexp"

// CategoryFull refuses the next channels in any category, as Discord does at
// times before there are fifty.
func CategoryFull(count int) Fault {
	return Fault{Kind: FaultErrorJSON, Method: "POST", Path: createChannelPath, Count: count, Status: 400, Code: 50035, Message: "Invalid Form Body",
		Errors: FormErrors{"parent_id": {"CHANNEL_PARENT_MAX_CHANNELS", "Maximum number of channels in category reached (50)"}}}
}

// NameRefused refuses the next channel names for their words.
func NameRefused(count int) Fault {
	return Fault{Kind: FaultErrorJSON, Method: "POST", Path: createChannelPath, Count: count, Status: 400, Code: 50035, Message: "Invalid Form Body",
		Errors: FormErrors{"name": {"INVALID_COMMUNITY_PROPERTY_NAME", "Contains words not allowed for servers in Server Discovery."}}}
}

// GuildFull refuses the next channels with 30013.
func GuildFull(count int) Fault {
	return Fault{Kind: FaultErrorJSON, Method: "POST", Path: createChannelPath, Count: count,
		Status: errGuildFull.status, Code: errGuildFull.code, Message: errGuildFull.message}
}

// MissingPermissions answers matching requests with 403 and 50013.
func MissingPermissions(method string, path *regexp.Regexp, count int) Fault {
	return Fault{Kind: FaultErrorJSON, Method: method, Path: path, Count: count,
		Status: errMissingPermissions.status, Code: errMissingPermissions.code, Message: errMissingPermissions.message}
}

var createChannelPath = regexp.MustCompile(`^/guilds/\d+/channels$`)
