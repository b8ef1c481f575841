package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"kefu/client"
	fake "kefu/internal/fake/chatwoot"
	"kefu/internal/fake/chatwoot/judge"
)

// chat is a rig with a simulated Chatwoot on both sides: the shop's customers are answered in its inbox of the API channel ("cw"), and the
// customers of its website's inbox ("web") in Discord.
type chat struct {
	*rig
	cw   *fake.Server
	apis []*client.Client // one program alone may not ask often enough
	turn int
}

// chatOptions are what differs between them.
type chatOptions struct {
	fake    fake.Options
	both    settings // of both inboxes of Chatwoot
	web     settings // of the website's
	config  settings
	path    string // behind the hooks' addresses
	unheard bool   // no webhooks: only the sweep tells
}

const chatSecret = "the secret of Chatwoot's webhooks"

// eachChat runs a test on both engines.
func eachChat(t *testing.T, o chatOptions, fn func(c *chat)) {
	t.Helper()
	each(t, func(t *testing.T, url string) { fn(newChat(t, url, o)) })
}

func newChat(t *testing.T, url string, o chatOptions) *chat {
	t.Helper()
	c := &chat{rig: newRig(t, url, options{idle: true, unbalanced: true}), cw: fake.New(o.fake)}
	if err := c.cw.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after the test, before the rig ends the program: cleanups run last in, first out
		c.halt()
		if err := c.cw.Close(); err != nil {
			t.Error(err)
		}
		c.allowed()
		if strings.Contains(c.log.String(), "user-token") || strings.Contains(c.log.String(), chatSecret) {
			t.Error("a secret of Chatwoot's is in the log")
		}
	})
	var tree struct{ Inboxes []settings }
	if err := json.Unmarshal(c.configuration(), &tree); err != nil {
		t.Fatal(err)
	}
	for id, inbox := range map[string]int64{"cw": fake.APIInbox, "web": fake.WebInbox} {
		set := settings{"url": c.cw.URL(), "account_id": 1, "inbox_id": inbox, "api_token": "user-token", "hook_secret": chatSecret}
		maps.Copy(set, o.both)
		if id == "web" {
			maps.Copy(set, o.web)
		}
		maps.DeleteFunc(set, func(_ string, v any) bool { return v == nil })
		tree.Inboxes = append(tree.Inboxes, settings{"id": id, "channel": "chatwoot", "settings": set})
		if !o.unheard {
			c.cw.AddWebhook(c.base()+"/hooks/"+id+o.path, chatSecret)
		}
	}
	c.o.config = settings{"inboxes": tree.Inboxes, "routes": []settings{{"from": "shop", "to": []string{"cw"}}, {"from": "web", "to": []string{"guild"}}}}
	maps.Copy(c.o.config, o.config)
	c.start()
	c.renewKeys()
	return c
}

// renewKeys makes keys in the database that there is now.
func (c *chat) renewKeys() {
	c.t.Helper()
	c.apis = nil
	for _, key := range c.keys(12, "*:*") {
		c.apis = append(c.apis, c.as(client.WithKey(key)))
	}
}

// api is a program that may do everything.
func (c *chat) api() *client.Client {
	c.turn++
	return c.apis[c.turn%len(c.apis)]
}

// allowed holds what the program asked against Chatwoot's own document.
func (c *chat) allowed() {
	path, err := judge.FindSpec()
	if err != nil {
		c.t.Logf("NOT CHECKED against Chatwoot's official document: %v", err)
		return
	}
	j, err := judge.Load(path)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, q := range c.cw.Requests() {
		if err := j.Check(q); err != nil {
			c.t.Errorf("Chatwoot's document: %v", err)
		}
	}
}

// talk is a conversation of Chatwoot's.
func (c *chat) talk(id int64) fake.Talk {
	t, _ := c.cw.Talk(id)
	return t
}

// desk waits for the conversation in which a text stands, in the desk's inbox.
func (c *chat) desk(text string) (id int64) {
	c.t.Helper()
	c.until(fmt.Sprintf("%q is in Chatwoot", text), func() bool {
		for _, t := range c.cw.Talks() {
			if t.Inbox == fake.APIInbox && slices.Contains(spoken(t, "incoming"), text) {
				id = t.ID
				return true
			}
		}
		return false
	})
	return id
}

// opensTicket has a customer of the shop open a ticket, and gives the conversation in Chatwoot.
func (c *chat) opensTicket(id int64) int64 {
	c.t.Helper()
	c.create(id)
	return c.desk(firstText(id))
}

// spoken are the texts of a kind, without private ones, in order.
func spoken(t fake.Talk, kind string) (list []string) {
	for _, m := range t.Messages {
		if m.Kind == kind && !m.Private {
			list = append(list, m.Content)
		}
	}
	return list
}

// notes are the private texts.
func notes(t fake.Talk) (list []string) {
	for _, m := range t.Messages {
		if m.Private {
			list = append(list, m.Content)
		}
	}
	return list
}

// replies are what the shop's customer was answered.
func (c *chat) replies(ticket int64) (list []string) {
	for _, m := range c.site.Replies(ticket) {
		list = append(list, m.Text)
	}
	return list
}

// says has an agent in Chatwoot answer.
func (c *chat) says(talk int64, text string) int64 {
	c.t.Helper()
	id, err := c.cw.Say(talk, fake.Agent, text)
	c.must(err)
	return id
}

func (c *chat) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// visitor begins a conversation in the website's inbox with a first text.
func (c *chat) visitor(name, text string) int64 {
	c.t.Helper()
	id, err := c.cw.StartConversation(c.cw.AddContact(name, ""), fake.WebInbox)
	c.must(err)
	_, err = c.cw.CustomerWrites(id, text)
	c.must(err)
	return id
}

// conversation waits for the one conversation of Kefu's that has an inbox.
func (c *chat) conversation(inbox string) (found client.Conversation) {
	c.t.Helper()
	c.until("there is a conversation of "+inbox, func() bool {
		list, err := client.Collect(c.api().Conversations.List(c.ctx, client.ConversationFilter{InboxID: inbox}), 100)
		c.must(err)
		if len(list) == 0 {
			return false
		}
		found = list[0]
		return true
	})
	return found
}

// stands waits until a conversation of Kefu's is as it must be.
func (c *chat) stands(id, what string, cond func(client.Conversation) bool) {
	c.t.Helper()
	var last *client.Conversation
	defer func() {
		if c.t.Failed() {
			c.t.Logf("it is %+v", last)
		}
	}()
	c.until("the conversation is "+what, func() bool {
		var err error
		last, err = c.api().Conversations.Get(c.ctx, id)
		c.must(err)
		return cond(*last)
	})
}

// settles waits until nothing is on its way.
func (c *chat) settles() {
	c.t.Helper()
	c.cw.WaitHooks()
	c.until("nothing waits", func() bool { return c.waiting() == 0 })
}
