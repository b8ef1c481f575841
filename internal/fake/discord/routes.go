package discord

import "slices"

// routes is the whole REST surface.
func (s *Server) routes() []route {
	return slices.Concat(s.accountRoutes(), s.guildRoutes(), s.channelRoutes(), s.messageRoutes(), s.commandRoutes())
}

func (s *Server) accountRoutes() []route {
	return []route{
		{"GET /gateway", true, s.gatewayURL},
		{"GET /gateway/bot", false, s.gatewayBot},
		{"GET /users/@me", false, s.currentUser},
		{"GET /users/{user}", false, s.user},
		{"GET /users/@me/guilds", false, s.currentGuilds},
		{"POST /users/@me/channels", false, s.createDM},
		{"GET /applications/@me", false, s.currentApplication},
		{"GET /oauth2/applications/@me", false, s.currentApplication},
	}
}

func (s *Server) guildRoutes() []route {
	return []route{
		{"GET /guilds/{guild}", false, s.inGuild(s.guildObject)},
		{"GET /guilds/{guild}/channels", false, s.inGuild(s.guildChannels)},
		{"POST /guilds/{guild}/channels", false, s.inGuild(s.createChannel)},
		{"GET /guilds/{guild}/threads/active", false, s.inGuild(s.activeThreads)},
		{"GET /guilds/{guild}/roles", false, s.inGuild(s.guildRoles)},
		{"GET /guilds/{guild}/members", false, s.inGuild(s.guildMembers)},
		{"GET /guilds/{guild}/members/{user}", false, s.inGuild(s.guildMember)},
	}
}

func (s *Server) channelRoutes() []route {
	return []route{
		{"GET /channels/{channel}", false, s.readChannel},
		{"PATCH /channels/{channel}", false, s.modifyChannel},
		{"DELETE /channels/{channel}", false, s.removeChannel},
		{"PUT /channels/{channel}/permissions/{overwrite}", false, s.putOverwrite},
		{"DELETE /channels/{channel}/permissions/{overwrite}", false, s.deleteOverwrite},
		{"POST /channels/{channel}/typing", false, s.typing},
		{"POST /channels/{channel}/threads", false, s.startThread},
		{"POST /channels/{channel}/messages/{message}/threads", false, s.startThread},
		{"PUT /channels/{channel}/thread-members/{user}", false, s.joinThread},
		{"DELETE /channels/{channel}/thread-members/{user}", false, s.leaveThread},
	}
}

func (s *Server) messageRoutes() []route {
	const (
		message  = "/channels/{channel}/messages/{message}"
		reaction = message + "/reactions/{emoji}"
	)
	return []route{
		{"GET /channels/{channel}/messages", false, s.listMessages},
		{"POST /channels/{channel}/messages", false, s.createMessage},
		{"POST /channels/{channel}/messages/bulk-delete", false, s.bulkDelete},
		{"GET " + message, false, s.readMessage},
		{"PATCH " + message, false, s.editMessage},
		{"DELETE " + message, false, s.removeMessage},
		{"POST " + message + "/crosspost", false, s.crosspost},
		{"GET /channels/{channel}/pins", false, s.listPins},
		{"PUT /channels/{channel}/pins/{message}", false, s.pin},
		{"DELETE /channels/{channel}/pins/{message}", false, s.unpin},
		{"PUT /channels/{channel}/messages/pins/{message}", false, s.pin},
		{"DELETE /channels/{channel}/messages/pins/{message}", false, s.unpin},
		{"GET " + reaction, false, s.listReactions},
		{"PUT " + reaction + "/@me", false, s.addReaction},
		{"DELETE " + reaction + "/{user}", false, s.removeReaction},
	}
}

func (s *Server) commandRoutes() []route {
	const (
		guildCmd = "/applications/{application}/guilds/{guild}/commands"
		command  = "/applications/{application}/commands"
		hook     = "/webhooks/{application}/{token}"
	)
	return []route{
		{"GET " + command, false, s.listCommands},
		{"PUT " + command, false, s.putCommands},
		{"POST " + command, false, s.postCommand},
		{"DELETE " + command + "/{command}", false, s.deleteCommand},
		{"GET " + guildCmd, false, s.listCommands},
		{"PUT " + guildCmd, false, s.putCommands},
		{"POST " + guildCmd, false, s.postCommand},
		{"DELETE " + guildCmd + "/{command}", false, s.deleteCommand},

		{"POST /interactions/{interaction}/{token}/callback", true, s.callback},
		{"POST " + hook, true, s.createFollowup},
		{"GET " + hook + "/messages/{message}", true, s.readFollowup},
		{"PATCH " + hook + "/messages/{message}", true, s.editFollowup},
		{"DELETE " + hook + "/messages/{message}", true, s.removeFollowup},
	}
}
