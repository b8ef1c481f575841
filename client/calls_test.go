package client

import (
	"context"
	"maps"
	"strings"
	"time"
)

// operationCalls are the calls of all operations, by the document's names for them.
func operationCalls() map[string]operationCall {
	all := peopleCalls()
	for _, more := range []map[string]operationCall{talkCalls(), knowledgeCalls(), operatorCalls(),
		programCalls("APIKey", func(c *Client) Programs { return c.APIKeys.Programs }),
		programCalls("SigningKey", func(c *Client) Programs { return c.SigningKeys.Programs }),
		programCalls("OAuthClient", func(c *Client) Programs { return c.OAuthClients.Programs })} {
		maps.Copy(all, more)
	}
	return all
}

func peopleCalls() map[string]operationCall {
	return map[string]operationCall{
		"logout":         func(ctx context.Context, c *Client) (any, error) { return none(c.Auth.Logout(ctx)) },
		"me":             func(ctx context.Context, c *Client) (any, error) { return both(c.Auth.Me(ctx)) },
		"changePassword": func(ctx context.Context, c *Client) (any, error) { return none(c.Auth.ChangePassword(ctx, "x", "y")) },
		"createTicket":   func(ctx context.Context, c *Client) (any, error) { return both(c.Auth.Ticket(ctx)) },
		"createAgent": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Agents.Create(ctx, filled[NewAgent]()))
		},
		"getAgent": func(ctx context.Context, c *Client) (any, error) { return both(c.Agents.Get(ctx, "x")) },
		"listAgents": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Agents.List(ctx, filled[AgentFilter]()))
		},
		"updateAgent": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Agents.Update(ctx, "x", filled[AgentChange]()))
		},
		"deleteAgent":         func(ctx context.Context, c *Client) (any, error) { return none(c.Agents.Deactivate(ctx, "x")) },
		"getAgentStatus":      func(ctx context.Context, c *Client) (any, error) { return both(c.Agents.Status(ctx, "x")) },
		"setAgentStatus":      func(ctx context.Context, c *Client) (any, error) { return both(c.Agents.SetStatus(ctx, "x", "busy")) },
		"listAgentIdentities": func(ctx context.Context, c *Client) (any, error) { return first(c.Agents.Identities(ctx, "x")) },
		"bindAgentIdentity": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Agents.Bind(ctx, "x", "guild", "4711"))
		},
		"createTeam": func(ctx context.Context, c *Client) (any, error) { return both(c.Teams.Create(ctx, filled[NewTeam]())) },
		"getTeam":    func(ctx context.Context, c *Client) (any, error) { return both(c.Teams.Get(ctx, "x")) },
		"listTeams":  func(ctx context.Context, c *Client) (any, error) { return first(c.Teams.List(ctx, "q")) },
		"updateTeam": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Teams.Update(ctx, "x", filled[TeamChange]()))
		},
		"deleteTeam": func(ctx context.Context, c *Client) (any, error) { return none(c.Teams.Delete(ctx, "x")) },
		"listRoles":  func(ctx context.Context, c *Client) (any, error) { return first(c.Roles.List(ctx)) },
		"getRole":    func(ctx context.Context, c *Client) (any, error) { return both(c.Roles.Get(ctx, "x")) },
		"updateRole": func(ctx context.Context, c *Client) (any, error) { return both(c.Roles.SetAddresses(ctx, "x", nil)) },
		"createContact": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Contacts.Create(ctx, filled[NewContact]()))
		},
		"getContact": func(ctx context.Context, c *Client) (any, error) { return both(c.Contacts.Get(ctx, "x")) },
		"listContacts": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Contacts.List(ctx, filled[ContactFilter]()))
		},
		"updateContact": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Contacts.Update(ctx, "x", filled[ContactChange]()))
		},
		"mergeContacts":  func(ctx context.Context, c *Client) (any, error) { return both(c.Contacts.Merge(ctx, "x", "y")) },
		"unmergeContact": func(ctx context.Context, c *Client) (any, error) { return both(c.Contacts.Unmerge(ctx, "x", "y")) },
		"eraseContact":   func(ctx context.Context, c *Client) (any, error) { return both(c.Contacts.Erase(ctx, "x")) },
		"exportContact":  func(ctx context.Context, c *Client) (any, error) { return both(c.Contacts.Export(ctx, "x")) },
		"createContactSession": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Contacts.NewSession(ctx, "x", time.Hour))
		},
		"endContactSessions": func(ctx context.Context, c *Client) (any, error) { return none(c.Contacts.EndSessions(ctx, "x")) },
	}
}

func talkCalls() map[string]operationCall {
	return map[string]operationCall{
		"startConversation": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Conversations.Create(ctx, filled[NewConversation]()))
		},
		"getConversation": func(ctx context.Context, c *Client) (any, error) { return both(c.Conversations.Get(ctx, "x")) },
		"listConversations": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Conversations.List(ctx, filled[ConversationFilter]()))
		},
		"updateConversation": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Conversations.Update(ctx, "x", filled[ConversationChange]()))
		},
		"endConversation":   func(ctx context.Context, c *Client) (any, error) { return none(c.Conversations.End(ctx, "x")) },
		"claimConversation": func(ctx context.Context, c *Client) (any, error) { return both(c.Conversations.Claim(ctx, "x", "y")) },
		"transferConversation": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Conversations.Transfer(ctx, "x", filled[Transfer]()))
		},
		"handOffConversation": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Conversations.Handoff(ctx, "x", filled[Handoff]()))
		},
		"readConversation": func(ctx context.Context, c *Client) (any, error) { return both(c.Conversations.MarkRead(ctx, "x", 1)) },
		"listMessages": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Conversations.Messages(ctx, "x", filled[MessageFilter]()))
		},
		"sendMessage": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Messages.Send(ctx, filled[NewMessage]()))
		},
		"getMessage":    func(ctx context.Context, c *Client) (any, error) { return both(c.Messages.Get(ctx, "x")) },
		"updateMessage": func(ctx context.Context, c *Client) (any, error) { return both(c.Messages.Edit(ctx, "x", "y")) },
		"recallMessage": func(ctx context.Context, c *Client) (any, error) { return none(c.Messages.Recall(ctx, "x")) },
		"retryMessage":  func(ctx context.Context, c *Client) (any, error) { return both(c.Messages.Retry(ctx, "x")) },
		"createAttachment": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Attachments.Upload(ctx, "x", strings.NewReader("y")))
		},
		"openTicket": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Tickets.Create(ctx, filled[NewTicket]()))
		},
		"getTicket": func(ctx context.Context, c *Client) (any, error) { return both(c.Tickets.Get(ctx, "x")) },
		"listTickets": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Tickets.List(ctx, filled[TicketFilter]()))
		},
		"updateTicket": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Tickets.Update(ctx, "x", filled[TicketChange]()))
		},
		"syncTicketStatus": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Tickets.SyncStatus(ctx, "x", filled[TicketSync]()))
		},
		"listTicketHistory":     func(ctx context.Context, c *Client) (any, error) { return first(c.Tickets.History(ctx, "x")) },
		"linkTicketDuplicate":   func(ctx context.Context, c *Client) (any, error) { return both(c.Tickets.LinkDuplicate(ctx, "x", "y")) },
		"unlinkTicketDuplicate": func(ctx context.Context, c *Client) (any, error) { return none(c.Tickets.UnlinkDuplicate(ctx, "x")) },
		"listRatings": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Ratings.List(ctx, filled[RatingFilter]()))
		},
		"listEvents": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Events.Poll(ctx, filled[EventQuery]()))
		},
		"search": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Search.Find(ctx, filled[SearchQuery]()))
		},
	}
}

func knowledgeCalls() map[string]operationCall {
	return map[string]operationCall{
		"createArticle": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Articles.Create(ctx, filled[NewArticle]()))
		},
		"getArticle": func(ctx context.Context, c *Client) (any, error) { return both(c.Articles.Get(ctx, "x")) },
		"listArticles": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Articles.List(ctx, filled[ArticleFilter]()))
		},
		"searchArticles": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Articles.Search(ctx, filled[ArticleQuery]()))
		},
		"updateArticle": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Articles.Update(ctx, "x", filled[ArticleChange]()))
		},
		"deleteArticle": func(ctx context.Context, c *Client) (any, error) { return none(c.Articles.Delete(ctx, "x")) },
		"createCollection": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Collections.Create(ctx, filled[NewCollection]()))
		},
		"getCollection":   func(ctx context.Context, c *Client) (any, error) { return both(c.Collections.Get(ctx, "x")) },
		"listCollections": func(ctx context.Context, c *Client) (any, error) { return first(c.Collections.List(ctx)) },
		"updateCollection": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Collections.Update(ctx, "x", filled[CollectionChange]()))
		},
		"deleteCollection": func(ctx context.Context, c *Client) (any, error) { return none(c.Collections.Delete(ctx, "x")) },
		"answer":           func(ctx context.Context, c *Client) (any, error) { return both(c.Bot.Answer(ctx, filled[Question]())) },
		"createCannedResponse": func(ctx context.Context, c *Client) (any, error) {
			return both(c.CannedResponses.Create(ctx, filled[NewCannedResponse]()))
		},
		"getCannedResponse": func(ctx context.Context, c *Client) (any, error) { return both(c.CannedResponses.Get(ctx, "x")) },
		"listCannedResponses": func(ctx context.Context, c *Client) (any, error) {
			return first(c.CannedResponses.List(ctx, filled[CannedResponseFilter]()))
		},
		"updateCannedResponse": func(ctx context.Context, c *Client) (any, error) {
			return both(c.CannedResponses.Update(ctx, "x", filled[CannedResponseChange]()))
		},
		"deleteCannedResponse": func(ctx context.Context, c *Client) (any, error) { return none(c.CannedResponses.Delete(ctx, "x")) },
		"createLabel": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Labels.Create(ctx, filled[NewLabel]()))
		},
		"getLabel":   func(ctx context.Context, c *Client) (any, error) { return both(c.Labels.Get(ctx, "x")) },
		"listLabels": func(ctx context.Context, c *Client) (any, error) { return first(c.Labels.List(ctx)) },
		"updateLabel": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Labels.Update(ctx, "x", filled[LabelChange]()))
		},
		"deleteLabel": func(ctx context.Context, c *Client) (any, error) { return none(c.Labels.Delete(ctx, "x")) },
		"createAnnouncement": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Announcements.Create(ctx, filled[NewAnnouncement]()))
		},
		"getAnnouncement":   func(ctx context.Context, c *Client) (any, error) { return both(c.Announcements.Get(ctx, "x")) },
		"listAnnouncements": func(ctx context.Context, c *Client) (any, error) { return first(c.Announcements.List(ctx)) },
	}
}

func operatorCalls() map[string]operationCall {
	return map[string]operationCall{
		"createInbox": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Inboxes.Create(ctx, filled[NewInbox]()))
		},
		"getInbox":    func(ctx context.Context, c *Client) (any, error) { return both(c.Inboxes.Get(ctx, "x")) },
		"listInboxes": func(ctx context.Context, c *Client) (any, error) { return first(c.Inboxes.List(ctx, "api")) },
		"updateInbox": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Inboxes.Update(ctx, "x", filled[InboxChange]()))
		},
		"deleteInbox":  func(ctx context.Context, c *Client) (any, error) { return none(c.Inboxes.Delete(ctx, "x")) },
		"listChannels": func(ctx context.Context, c *Client) (any, error) { return first(c.Inboxes.Channels(ctx)) },
		"listAudit": func(ctx context.Context, c *Client) (any, error) {
			return first(c.Audit.List(ctx, filled[AuditFilter]()))
		},
		"getAlert":   func(ctx context.Context, c *Client) (any, error) { return both(c.Alerts.Get(ctx, "x")) },
		"listAlerts": func(ctx context.Context, c *Client) (any, error) { return first(c.Alerts.List(ctx, "all")) },
		"createWebhook": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Webhooks.Create(ctx, filled[NewWebhook]()))
		},
		"getWebhook":            func(ctx context.Context, c *Client) (any, error) { return both(c.Webhooks.Get(ctx, "x")) },
		"listWebhooks":          func(ctx context.Context, c *Client) (any, error) { return first(c.Webhooks.List(ctx)) },
		"listWebhookEventTypes": func(ctx context.Context, c *Client) (any, error) { return first(c.Webhooks.EventTypes(ctx)) },
		"updateWebhook": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Webhooks.Update(ctx, "x", filled[WebhookChange]()))
		},
		"deleteWebhook":  func(ctx context.Context, c *Client) (any, error) { return none(c.Webhooks.Delete(ctx, "x")) },
		"rotateWebhook":  func(ctx context.Context, c *Client) (any, error) { return both(c.Webhooks.Rotate(ctx, "x", "y")) },
		"promoteWebhook": func(ctx context.Context, c *Client) (any, error) { return both(c.Webhooks.Promote(ctx, "x")) },
		"testWebhook":    func(ctx context.Context, c *Client) (any, error) { return both(c.Webhooks.Test(ctx, "x")) },
		"replayWebhook": func(ctx context.Context, c *Client) (any, error) {
			return both(c.Webhooks.Replay(ctx, "x", filled[NewWebhookReplay]()))
		},
		"getWebhookDelivery": func(ctx context.Context, c *Client) (any, error) { return both(c.WebhookDeliveries.Get(ctx, "x")) },
		"listWebhookDeliveries": func(ctx context.Context, c *Client) (any, error) {
			return first(c.WebhookDeliveries.List(ctx, filled[WebhookDeliveryFilter]()))
		},
		"retryWebhookDelivery": func(ctx context.Context, c *Client) (any, error) { return both(c.WebhookDeliveries.Retry(ctx, "x")) },
		"retryWebhookDeliveries": func(ctx context.Context, c *Client) (any, error) {
			return retried(c.WebhookDeliveries.RetryMany(ctx, []string{"x"}))
		},
		"getWebhookReplay":    func(ctx context.Context, c *Client) (any, error) { return both(c.WebhookReplays.Get(ctx, "x")) },
		"listWebhookReplays":  func(ctx context.Context, c *Client) (any, error) { return first(c.WebhookReplays.List(ctx, "x")) },
		"cancelWebhookReplay": func(ctx context.Context, c *Client) (any, error) { return none(c.WebhookReplays.Cancel(ctx, "x")) },
	}
}

func programCalls(name string, of func(*Client) Programs) map[string]operationCall {
	return map[string]operationCall{
		"create" + name: func(ctx context.Context, c *Client) (any, error) {
			return both(of(c).Create(ctx, filled[NewProgram]()))
		},
		"get" + name:        func(ctx context.Context, c *Client) (any, error) { return both(of(c).Get(ctx, "x")) },
		"list" + name + "s": func(ctx context.Context, c *Client) (any, error) { return first(of(c).List(ctx)) },
		"update" + name: func(ctx context.Context, c *Client) (any, error) {
			return both(of(c).Update(ctx, "x", filled[ProgramChange]()))
		},
		"rotate" + name: func(ctx context.Context, c *Client) (any, error) { return both(of(c).Rotate(ctx, "x")) },
		"revoke" + name: func(ctx context.Context, c *Client) (any, error) { return none(of(c).Revoke(ctx, "x")) },
	}
}

// retried is the answer as the document has it.
func retried(items []WebhookRetry, err error) (any, error) {
	return map[string]any{"items": items}, err
}
