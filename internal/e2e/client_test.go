package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/client"
)

// TestClientDrivesEveryService calls everything that the client has, against the real program.
func TestClientDrivesEveryService(t *testing.T) {
	o := options{config: settings{"webhooks": settings{"allow_http": true}}}
	eachRig(t, o, func(r *rig) {
		c := r.program()
		for name, fn := range map[string]func(*rig, *client.Client){
			"credentials":   (*rig).driveCredentials,
			"programs":      (*rig).drivePrograms,
			"people":        (*rig).drivePeople,
			"contacts":      (*rig).driveContacts,
			"conversations": (*rig).driveConversations,
			"messages":      (*rig).driveMessages,
			"words":         (*rig).driveWords,
			"inboxes":       (*rig).driveInboxes,
			"events":        (*rig).driveEvents,
			"contact":       (*rig).driveContactSession,
			"log":           (*rig).driveLog,
			"knowledge":     (*rig).driveKnowledge,
			"tickets":       (*rig).driveTickets,
			"webhooks":      (*rig).driveWebhooks,
			"alerts":        (*rig).driveAlerts,
		} {
			r.t.Run(name, func(t *testing.T) { fn(r.in(t), c) })
		}
	})
}

// must ends a test whose step failed.
func must[T any](r *rig) func(v T, err error) T {
	return func(v T, err error) T {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
		return v
	}
}

func (r *rig) done(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) want(what string, is func(error) bool, err error) {
	r.t.Helper()
	if !is(err) {
		r.t.Errorf("%s: %v", what, err)
	}
}

// driveCredentials comes in with each of them.
func (r *rig) driveCredentials(c *client.Client) {
	scopes := []string{"labels:*"}
	oauth := must[*client.Program](r)(c.OAuthClients.Create(r.ctx, client.NewProgram{Name: "nightly", Scopes: scopes}))
	signing := must[*client.Program](r)(c.SigningKeys.Create(r.ctx, client.NewProgram{Name: "signed", Scopes: scopes}))
	key := must[*client.Program](r)(c.APIKeys.Create(r.ctx, client.NewProgram{Name: "plain", Scopes: scopes}))
	_, agent := r.staff(c, "login", "supervisor")
	for name, by := range map[string]*client.Client{
		"oauth":     r.as(client.WithOAuth(oauth.ID, oauth.Secret, "labels:write", "labels:read")),
		"signature": r.as(client.WithSigning(signing.ID, signing.Secret)),
		"key":       r.as(client.WithKey(key.Secret)),
		"login":     agent,
	} {
		me := must[*client.Me](r)(by.Auth.Me(r.ctx))
		if me.ID == "" || me.Name == "" || len(me.Scopes) == 0 || me.Sight.Rule == "" {
			r.t.Errorf("%s is %+v", name, me)
		}
		l := must[*client.Label](r)(by.Labels.Create(r.ctx, client.NewLabel{Name: "由 " + name, Color: "#1f93ff"}))
		again := must[*client.Label](r)(by.Labels.Get(r.ctx, l.ID))
		if again.ETag == "" || again.ETag != l.ETag || again.Name != l.Name {
			r.t.Errorf("%s made %+v and reads %+v", name, l, again)
		}
		r.done(by.Labels.Delete(r.ctx, l.ID, client.IfMatch(again.ETag)))
		if ticket := must[*client.WSTicket](r)(by.Auth.Ticket(r.ctx)); ticket.Ticket == "" {
			r.t.Errorf("%s got no ticket", name)
		}
		s := by.Listen(r.ctx, client.StreamOptions{Ticket: name == "login"})
		r.until(name+" has a line", func() bool { _, stands := s.Position(); return stands || s.Err() != nil })
		s.Close()
		if !errors.Is(s.Err(), client.ErrClosed) {
			r.t.Errorf("%s: the line says %v", name, s.Err())
		}
	}
	_, err := r.as(client.WithKey("kefu_" + strings.Repeat("x", 43))).Auth.Me(r.ctx)
	r.want("a key that is none", client.IsUnauthorized, err)
	_, err = r.as(client.WithKey(key.Secret)).Agents.Create(r.ctx, client.NewAgent{Name: "x"})
	r.want("a key without the scope", client.IsForbidden, err)
	r.done(agent.Auth.ChangePassword(r.ctx, staffPassword, "another password of theirs"))
	r.done(agent.Auth.Logout(r.ctx))
	_, err = agent.Auth.Me(r.ctx)
	r.want("the password of before", client.IsUnauthorized, err)
}

// drivePrograms looks after credentials of each kind.
func (r *rig) drivePrograms(c *client.Client) {
	for name, kind := range map[string]client.Programs{"keys": c.APIKeys.Programs, "signing keys": c.SigningKeys.Programs, "oauth": c.OAuthClients.Programs} {
		p := must[*client.Program](r)(kind.Create(r.ctx, client.NewProgram{Name: name, Scopes: []string{"labels:read"}, InboxIDs: []string{"api"}}))
		if p.Secret == "" || !p.Bound {
			r.t.Errorf("%s: made %+v", name, p)
		}
		changed := must[*client.Program](r)(kind.Update(r.ctx, p.ID, client.ProgramChange{Name: client.Set("new " + name), Addresses: client.Set([]string{"127.0.0.0/8"}),
			ExpiresAt: client.Set(time.Now().Add(time.Hour))}))
		if read := must[*client.Program](r)(kind.Get(r.ctx, p.ID)); read.Name != "new "+name || read.ExpiresAt == nil || read.Secret != "" || read.ETag != changed.ETag {
			r.t.Errorf("%s: reads %+v", name, read)
		}
		if again := must[*client.Program](r)(kind.Rotate(r.ctx, p.ID)); again.Secret == "" || again.Secret == p.Secret {
			r.t.Errorf("%s: rotated to %q", name, again.Secret)
		}
		r.done(kind.Revoke(r.ctx, p.ID))
		all := must[[]client.Program](r)(client.Collect(kind.List(r.ctx), 0))
		if !slices.ContainsFunc(all, func(x client.Program) bool { return x.ID == p.ID && x.RevokedAt != nil }) {
			r.t.Errorf("%s: %s is not among %d revoked", name, p.ID, len(all))
		}
	}
}

// drivePeople makes agents and teams, and says who can answer.
func (r *rig) drivePeople(c *client.Client) {
	team := must[*client.Team](r)(c.Teams.Create(r.ctx, client.NewTeam{Name: "退貨組"}))
	bo, asBo := r.staff(c, "bo", "agent", team.ID)
	if team = must[*client.Team](r)(c.Teams.Get(r.ctx, team.ID)); !slices.Equal(team.MemberIDs, []string{bo.ID}) {
		r.t.Errorf("members are %v", team.MemberIDs)
	}
	_, err := c.Teams.Update(r.ctx, team.ID, client.TeamChange{Name: client.Set("x")}, client.IfMatch(`"another"`))
	r.want("a lost race", client.IsChanged, err)
	must[*client.Team](r)(c.Teams.Update(r.ctx, team.ID, client.TeamChange{Name: client.Set("退換貨組")}, client.IfMatch(team.ETag)))
	if list := must[[]client.Team](r)(client.Collect(c.Teams.List(r.ctx, "退換"), 0)); len(list) != 1 {
		r.t.Errorf("teams are %+v", list)
	}
	must[*client.Agent](r)(c.Agents.Update(r.ctx, bo.ID, client.AgentChange{Name: client.Set("阿博"), TeamIDs: client.Null[[]string]()}))
	active := true
	list := must[[]client.Agent](r)(client.Collect(c.Agents.List(r.ctx, client.AgentFilter{Role: "agent", Active: &active, Query: "阿博"}), 0))
	if len(list) != 1 || list[0].ID != bo.ID || len(list[0].TeamIDs) != 0 {
		r.t.Errorf("agents are %+v", list)
	}
	if p := must[*client.Presence](r)(asBo.Agents.SetStatus(r.ctx, bo.ID, "busy")); p.Status != "busy" {
		r.t.Errorf("status is %+v", p)
	}
	if p := must[*client.Presence](r)(c.Agents.Status(r.ctx, bo.ID)); p.Status != "busy" || len(p.Sources) == 0 {
		r.t.Errorf("status is %+v", p)
	}
	_, err = asBo.Agents.SetStatus(r.ctx, bo.ID, "asleep")
	r.want("a status that is none", client.IsInvalid, err)
	must[*client.Identity](r)(c.Agents.Bind(r.ctx, bo.ID, "guild", "4711"))
	if ids := must[[]client.Identity](r)(client.Collect(c.Agents.Identities(r.ctx, bo.ID), 0)); len(ids) != 1 || ids[0].ExternalID != "4711" {
		r.t.Errorf("identities are %+v", ids)
	}
	r.done(c.Teams.Delete(r.ctx, team.ID))
	r.done(c.Agents.Deactivate(r.ctx, bo.ID))
	if a := must[*client.Agent](r)(c.Agents.Get(r.ctx, bo.ID)); a.Active {
		r.t.Errorf("after Deactivate: %+v", a)
	}
	_, err = c.Agents.Create(r.ctx, client.NewAgent{Name: "", Email: strings.Repeat("x", 300)})
	var e *client.Error
	if !errors.As(err, &e) || len(e.Faults) != 2 || e.RequestID == "" {
		r.t.Errorf("two faults are %v", err)
	}
	roles := must[[]client.Role](r)(client.Collect(c.Roles.List(r.ctx), 0))
	if len(roles) != 3 {
		r.t.Errorf("roles are %+v", roles)
	}
	must[*client.Role](r)(c.Roles.SetAddresses(r.ctx, "supervisor", []string{"127.0.0.0/8", "::1"}))
	if role := must[*client.Role](r)(c.Roles.Get(r.ctx, "supervisor")); len(role.Addresses) != 2 {
		r.t.Errorf("role is %+v", role)
	}
	must[*client.Role](r)(c.Roles.SetAddresses(r.ctx, "supervisor", nil))
}

// driveContacts has a person come, become one with another, and go.
func (r *rig) driveContacts(c *client.Client) {
	one := must[*client.Contact](r)(c.Contacts.Create(r.ctx, client.NewContact{Name: "王小明", Email: "ming@example.com", ExternalID: "C-1",
		Attributes: map[string]any{"level": "VIP"}}))
	_, err := c.Contacts.Create(r.ctx, client.NewContact{ExternalID: "C-1"})
	r.want("the same external id", client.IsConflict, err)
	two := must[*client.Contact](r)(c.Contacts.Create(r.ctx, client.NewContact{Name: "小明", Phone: "0912345678"}))
	must[*client.Contact](r)(c.Contacts.Update(r.ctx, one.ID, client.ContactChange{Phone: client.Set("02-1234"), Email: client.Null[string]()}))
	for name, f := range map[string]client.ContactFilter{"external id": {ExternalID: "C-1"}, "words": {Query: "王小"}, "phone": {Phone: "02-1234"},
		"time": {UpdatedSince: one.CreatedAt, CreatedSince: one.CreatedAt}} {
		list := must[[]client.Contact](r)(client.Collect(c.Contacts.List(r.ctx, f), 0))
		if !slices.ContainsFunc(list, func(k client.Contact) bool { return k.ID == one.ID }) {
			r.t.Errorf("by %s: %+v", name, list)
		}
	}
	if kept := must[*client.Contact](r)(c.Contacts.Merge(r.ctx, two.ID, one.ID)); kept.ID != one.ID {
		r.t.Errorf("%s stays", kept.ID)
	}
	if gone := must[*client.Contact](r)(c.Contacts.Get(r.ctx, two.ID)); gone.MergedInto == nil || *gone.MergedInto != one.ID {
		r.t.Errorf("merged is %+v", gone)
	}
	conv := must[*client.Conversation](r)(c.Conversations.Create(r.ctx, client.NewConversation{ContactID: one.ID, Content: "我的電話是 02-1234"}))
	if raw := must[json.RawMessage](r)(c.Contacts.Export(r.ctx, one.ID)); !strings.Contains(string(raw), "我的電話") {
		r.t.Errorf("export is %s", raw)
	}
	if receipt := must[*client.Erasure](r)(c.Contacts.Erase(r.ctx, one.ID)); receipt.Messages == 0 || receipt.Conversations != 1 {
		r.t.Errorf("receipt is %+v", receipt)
	}
	for _, m := range r.messages(c, conv.ID) {
		if strings.Contains(m.Content, "02-1234") {
			r.t.Errorf("erased, and still says %q", m.Content)
		}
	}
}

// driveConversations goes through a conversation's life.
func (r *rig) driveConversations(c *client.Client) {
	must[*client.Label](r)(c.Labels.Create(r.ctx, client.NewLabel{Name: "急"}))
	cy, asCy := r.staff(c, "cy", "admin")
	team := must[*client.Team](r)(c.Teams.Create(r.ctx, client.NewTeam{Name: "夜班"}))
	conv := r.begin(c, client.NewConversation{Subject: "退貨 A-1001", Content: "請問怎麼退貨？", Priority: "high", Labels: []string{"急"}})
	claimed := must[*client.Conversation](r)(asCy.Conversations.Claim(r.ctx, conv.ID, ""))
	if claimed.AssigneeID == nil || *claimed.AssigneeID != cy.ID || claimed.Handler != "agent" {
		r.t.Errorf("claimed is %+v", claimed)
	}
	dee, asDee := r.staff(c, "dee", "admin")
	_, err := asDee.Conversations.Claim(r.ctx, conv.ID, "")
	r.want("a claim that is late", client.IsConflict, err)
	if !strings.Contains(fmt.Sprint(err), "cy") {
		r.t.Errorf("the conflict does not name the owner: %v", err)
	}
	must[*client.Conversation](r)(asCy.Conversations.Transfer(r.ctx, conv.ID, client.Transfer{AgentID: dee.ID, Note: "交給你"}))
	must[*client.Conversation](r)(asDee.Conversations.Handoff(r.ctx, conv.ID, client.Handoff{To: "queue", Reason: "下班"}))
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	snoozed := must[*client.Conversation](r)(c.Conversations.Update(r.ctx, conv.ID, client.ConversationChange{TeamID: client.Set(team.ID), SnoozedUntil: client.Set(until)}))
	if snoozed.Status != "snoozed" || snoozed.SnoozedUntil == nil || !snoozed.SnoozedUntil.Equal(until) || snoozed.TeamID == nil {
		r.t.Errorf("snoozed is %+v", snoozed)
	}
	_, err = c.Conversations.Update(r.ctx, conv.ID, client.ConversationChange{Status: client.Set("gone")})
	r.want("a status that is none", client.IsInvalid, err)
	for name, f := range map[string]client.ConversationFilter{
		"status": {Status: "snoozed"}, "inbox": {InboxID: "api", Query: "A-1001"}, "channel": {Channel: "api", Label: "急"}, "team": {TeamID: team.ID},
		"assignee": {AssigneeID: "none", Priority: "high"}, "contact": {ContactID: conv.ContactID}, "time": {UpdatedSince: conv.CreatedAt, Sort: "updated"},
	} {
		list := must[[]client.Conversation](r)(client.Collect(c.Conversations.List(r.ctx, f), 0))
		if !slices.ContainsFunc(list, func(x client.Conversation) bool { return x.ID == conv.ID }) {
			r.t.Errorf("by %s it is not among %d", name, len(list))
		}
	}
	if mark := must[*client.ReadState](r)(asCy.Conversations.MarkRead(r.ctx, conv.ID, 1)); mark.Seq != 1 {
		r.t.Errorf("read is %+v", mark)
	}
	r.done(c.Conversations.End(r.ctx, conv.ID))
	r.done(c.Conversations.End(r.ctx, conv.ID))
	if ended := must[*client.Conversation](r)(c.Conversations.Get(r.ctx, conv.ID)); ended.Status != "closed" || ended.ClosedAt == nil {
		r.t.Errorf("ended is %+v", ended)
	}
	_, err = c.Conversations.Get(r.ctx, "cnv_none")
	r.want("a conversation that is none", client.IsNotFound, err)
}

// driveMessages says, edits and takes back, with a file.
func (r *rig) driveMessages(c *client.Client) {
	conv := r.begin(c, client.NewConversation{Subject: "收據"})
	file := must[*client.Attachment](r)(c.Attachments.Upload(r.ctx, "收據.txt", strings.NewReader("NT$980")))
	m := must[*client.Message](r)(c.Messages.Send(r.ctx, client.NewMessage{ConversationID: conv.ID, Content: "附上收據", ContentType: "file",
		Attachments: []client.AttachmentRef{file.Ref()}, SenderType: "contact"}))
	if m.Sender.Type != "contact" || len(m.Attachments) != 1 {
		r.t.Fatalf("sent %+v", m)
	}
	body := must[io.ReadCloser](r)(c.Attachments.Open(r.ctx, m.Attachments[0].URL))
	text := string(must[[]byte](r)(io.ReadAll(body)))
	r.done(body.Close())
	if text != "NT$980" || m.Attachments[0].Name != "收據.txt" {
		r.t.Errorf("the file is %+v: %q", m.Attachments[0], text)
	}
	_, err := c.Attachments.Open(r.ctx, "/files/none")
	r.want("a file that is none", client.IsNotFound, err)
	note := must[*client.Message](r)(c.Messages.Send(r.ctx, client.NewMessage{ConversationID: conv.ID, Content: "老客戶", Private: true}))
	id := note.ID
	r.until("the note is at every desk", func() bool { // its tag changes with its deliveries
		note = must[*client.Message](r)(c.Messages.Get(r.ctx, id))
		return !slices.ContainsFunc(note.Deliveries, func(d client.Delivery) bool { return d.State == "queued" || d.State == "sending" })
	})
	note = must[*client.Message](r)(c.Messages.Edit(r.ctx, id, "老客戶，很急", client.IfMatch(note.ETag)))
	if !note.Edited || !note.Private || note.Content != "老客戶，很急" {
		r.t.Errorf("edited is %+v", note)
	}
	r.done(c.Messages.Recall(r.ctx, note.ID))
	if gone := must[*client.Message](r)(c.Messages.Get(r.ctx, note.ID)); !gone.Deleted || gone.Content != "" {
		r.t.Errorf("recalled is %+v", gone)
	}
	_, err = c.Messages.Retry(r.ctx, note.ID)
	r.want("nothing to send again", client.IsConflict, err)
	for i := range 3 {
		r.tell(c, conv.ID, fmt.Sprint("第 ", i))
	}
	some := must[[]client.Message](r)(client.Collect(c.Conversations.Messages(r.ctx, conv.ID, client.MessageFilter{After: m.Seq, OldestFirst: true}), 2))
	if len(some) != 2 || some[0].Seq != m.Seq+1 {
		r.t.Errorf("after %d comes %+v", m.Seq, some)
	}
}

// driveWords looks after labels and canned responses, and finds words.
func (r *rig) driveWords(c *client.Client) {
	l := must[*client.Label](r)(c.Labels.Create(r.ctx, client.NewLabel{Name: "海外", Description: "國外寄送"}))
	must[*client.Label](r)(c.Labels.Update(r.ctx, l.ID, client.LabelChange{Description: client.Null[string](), Color: client.Set("#ff0000")}))
	if all := must[[]client.Label](r)(client.Collect(c.Labels.List(r.ctx), 0)); !slices.ContainsFunc(all, func(x client.Label) bool { return x.Name == "海外" && x.Description == "" }) {
		r.t.Errorf("labels are %+v", all)
	}
	can := must[*client.CannedResponse](r)(c.CannedResponses.Create(r.ctx, client.NewCannedResponse{Shortcut: "hi", Content: "您好", Locale: "zh-TW"}))
	must[*client.CannedResponse](r)(c.CannedResponses.Update(r.ctx, can.ID, client.CannedResponseChange{Content: client.Set("您好！")}))
	if got := must[*client.CannedResponse](r)(c.CannedResponses.Get(r.ctx, can.ID)); got.Content != "您好！" {
		r.t.Errorf("canned is %+v", got)
	}
	if list := must[[]client.CannedResponse](r)(client.Collect(c.CannedResponses.List(r.ctx, client.CannedResponseFilter{Query: "您好", Locale: "zh-TW"}), 0)); len(list) != 1 {
		r.t.Errorf("canned are %+v", list)
	}
	r.done(c.CannedResponses.Delete(r.ctx, can.ID))
	conv := r.begin(c, client.NewConversation{Subject: "找得到", Content: "我要退貨，尺寸不合"})
	var hits []client.Hit
	r.until("退货 finds 退貨", func() bool {
		hits = must[[]client.Hit](r)(client.Collect(c.Search.Find(r.ctx, client.SearchQuery{Text: "退货", Types: []string{"messages"}, InboxID: "api", ConversationID: conv.ID}), 0))
		return len(hits) > 0
	})
	if h := hits[0]; h.Type != "message" || h.ConversationID == nil || *h.ConversationID != conv.ID || len(h.Marks) != 1 || !strings.Contains(h.Excerpt, "退貨") {
		r.t.Errorf("hit is %+v", h)
	}
}

// driveInboxes makes an inbox and an announcement.
func (r *rig) driveInboxes(c *client.Client) {
	if kinds := must[[]client.Channel](r)(client.Collect(c.Inboxes.Channels(r.ctx), 0)); !slices.ContainsFunc(kinds, func(k client.Channel) bool { return k.Kind == "api" && k.Customer }) {
		r.t.Errorf("channels are %+v", kinds)
	}
	in := must[*client.Inbox](r)(c.Inboxes.Create(r.ctx, client.NewInbox{ID: "app", Channel: "api", Name: "手機"}))
	must[*client.Inbox](r)(c.Inboxes.Update(r.ctx, in.ID, client.InboxChange{Name: client.Set("手機 App")}))
	if got := must[*client.Inbox](r)(c.Inboxes.Get(r.ctx, "app")); got.Name != "手機 App" || got.Provisioned {
		r.t.Errorf("inbox is %+v", got)
	}
	if list := must[[]client.Inbox](r)(client.Collect(c.Inboxes.List(r.ctx, ""), 0)); len(list) < 3 {
		r.t.Errorf("inboxes are %+v", list)
	}
	_, err := c.Inboxes.Update(r.ctx, "shop", client.InboxChange{Name: client.Set("x")})
	r.want("an inbox of the file", client.IsConflict, err)
	r.until("the new inbox takes conversations", func() bool {
		conv, err := c.Conversations.Create(r.ctx, client.NewConversation{InboxID: "app", Contact: &client.NewPerson{Name: "小華"}})
		if err != nil {
			return false
		}
		r.done(c.Conversations.End(r.ctx, conv.ID))
		return true
	})
	r.done(c.Inboxes.Delete(r.ctx, "app"))
	_, err = c.Announcements.Create(r.ctx, client.NewAnnouncement{Title: "", Content: "x"})
	r.want("an announcement without a title", client.IsInvalid, err)
	if list, err := client.Collect(c.Announcements.List(r.ctx), 0); err != nil || len(list) != 0 {
		r.t.Errorf("announcements are %+v, %v", list, err)
	}
	_, err = c.Announcements.Get(r.ctx, "ann_none")
	r.want("an announcement that is none", client.IsNotFound, err)
}

// driveEvents polls what happens while it happens.
func (r *rig) driveEvents(c *client.Client) {
	now := must[*client.EventPage](r)(c.Events.Poll(r.ctx, client.EventQuery{}))
	q := client.EventQuery{Since: client.Set(now.Position), Types: []string{"conversation.created"}, Limit: 200, Wait: 20 * time.Second}
	subject := "事件 " + fmt.Sprint(now.Position)
	conv := r.begin(c, client.NewConversation{Subject: subject})
	for p, err := range c.Events.Follow(r.ctx, q) {
		r.done(err)
		if slices.ContainsFunc(p.Items, func(o client.Occurrence) bool {
			return o.Event == "conversation.created" && o.ConversationID != nil && *o.ConversationID == conv.ID && strings.Contains(string(o.Data), subject)
		}) {
			return
		}
	}
}

// driveContactSession is a customer's own app, by REST and by a line.
func (r *rig) driveContactSession(c *client.Client) {
	k := must[*client.Contact](r)(c.Contacts.Create(r.ctx, client.NewContact{Name: "小美"}))
	session := must[*client.ContactSession](r)(c.Contacts.NewSession(r.ctx, k.ID, time.Hour))
	mine := r.as(client.WithToken(session.Token))
	line := mine.Listen(r.ctx, client.StreamOptions{})
	defer line.Close()
	receipt := must[*client.Receipt](r)(line.Send(r.ctx, client.Saying{Content: "有人在嗎？"}))
	r.tell(c, receipt.ConversationID, "在的")
	must[*client.Message](r)(c.Messages.Send(r.ctx, client.NewMessage{ConversationID: receipt.ConversationID, Content: "只給同事", Private: true}))
	r.done(errors.Join(line.Typing(receipt.ConversationID, true), line.MarkRead(receipt.ConversationID, receipt.Seq)))
	r.tell(c, receipt.ConversationID, "請說")
	var heard []string
	for e, err := range line.Events() {
		r.done(err)
		if e.Message != nil {
			heard = append(heard, e.Message.Content)
		}
		if e.Message != nil && e.Message.Content == "請說" {
			break
		}
	}
	if want := []string{"有人在嗎？", "在的", "請說"}; !slices.Equal(heard, want) {
		r.t.Errorf("heard %q", heard)
	}
	if list := must[[]client.Conversation](r)(client.Collect(mine.Conversations.List(r.ctx, client.ConversationFilter{}), 0)); len(list) != 1 {
		r.t.Errorf("sees %d conversations", len(list))
	}
	r.done(c.Contacts.EndSessions(r.ctx, k.ID))
	_, err := mine.Auth.Me(r.ctx)
	r.want("a session that was ended", client.IsUnauthorized, err)
	for _, err := range line.Events() {
		if err != nil {
			r.want("the line of a session that was ended", client.IsUnauthorized, err)
		}
	}
}

// driveLog finds a change in the audit log.
func (r *rig) driveLog(c *client.Client) {
	l := must[*client.Label](r)(c.Labels.Create(r.ctx, client.NewLabel{Name: "記一筆"}))
	me := must[*client.Me](r)(c.Auth.Me(r.ctx))
	list := must[[]client.AuditEntry](r)(client.Collect(c.Audit.List(r.ctx, client.AuditFilter{Actor: me.ID, Action: "label.*", Target: l.ID,
		Since: l.CreatedAt.Add(-time.Minute), Until: l.CreatedAt.Add(time.Hour)}), 0))
	if len(list) != 1 || list[0].Action != "label.created" || list[0].Actor.Address == "" {
		r.t.Errorf("log is %+v", list)
	}
}
