package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	fake "kefu/internal/fake/chatwoot"
)

// TestChatwootHooksGoAstray doubles, holds back and drops hooks, and lets some come before the answer of the call that caused them: every
// text arrives once and in order all the same.
func TestChatwootHooksGoAstray(t *testing.T) {
	eachChat(t, chatOptions{both: settings{"sweep_every": "1s"}}, func(c *chat) {
		talk := c.opensTicket(1)
		c.cw.InjectHook(fake.HookFault{Early: true, Count: 4})
		c.cw.InjectHook(fake.HookFault{Duplicate: true, Skip: 2, Count: 6})
		c.cw.InjectHook(fake.HookFault{Hold: true, Skip: 3, Count: 6})
		c.cw.InjectHook(fake.HookFault{Drop: true, Skip: 9})
		want, asked := []string{}, []string{firstText(1)}
		for _, words := range []string{"一", "二", "三", "四", "五", "六"} {
			c.says(talk, words)
			c.write(1, "顧客"+words)
			want, asked = append(want, words), append(asked, "顧客"+words)
		}
		c.until("all answers are on the site", func() bool { return len(c.replies(1)) >= len(want) })
		c.until("all questions are in Chatwoot", func() bool { return len(spoken(c.talk(talk), "incoming")) >= len(asked) })
		c.cw.ReleaseHooks()
		c.settles()
		if got := c.replies(1); !slices.Equal(got, want) {
			c.t.Errorf("the customer was answered %q", got)
		}
		if got := spoken(c.talk(talk), "incoming"); !slices.Equal(got, asked) {
			c.t.Errorf("Chatwoot has %q", got)
		}
	})
}

// TestChatwootSignsNothing connects a server before 4.12 by a path that nobody guesses.
func TestChatwootSignsNothing(t *testing.T) {
	const path = "0123456789abcdef01234567"
	o := chatOptions{fake: fake.Options{Unsigned: true}, both: settings{"signatures": "off", "hook_path_token": path, "hook_secret": nil}, path: "/" + path}
	eachChat(t, o, func(c *chat) {
		talk := c.opensTicket(1)
		c.says(talk, "收到")
		c.until("the answer is on the site", func() bool { return slices.Equal(c.replies(1), []string{"收到"}) })
		for _, address := range []string{"/hooks/cw", "/hooks/cw/" + path + "x"} {
			res, err := stranger().Post(c.base()+address, "application/json", nil)
			c.must(err)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusUnauthorized {
				c.t.Errorf("%s without the path's secret is answered %d", address, res.StatusCode)
			}
		}
	})
}

// TestChatwootByABotsToken takes messages from the hooks, because such a token may not read them.
func TestChatwootByABotsToken(t *testing.T) {
	o := chatOptions{web: settings{"api_token": nil, "bot_token": "bot-token"}}
	eachChat(t, o, func(c *chat) {
		talk := c.visitor("小陳", "有人在嗎？")
		tk := c.deskOf(c.conversation("web"))
		c.mutter(tk, "在的")
		c.until("the answer is in the widget", func() bool { return slices.Equal(spoken(c.talk(talk), "outgoing"), []string{"在的"}) })
		_, err := c.cw.CustomerWrites(talk, "太好了")
		c.must(err)
		c.posted(tk.channel, "太好了")
	})
}

// TestResolvedWhileOnItsWay resolves a conversation while a customer's text is being sent into it: the text arrives, and the talk is open.
func TestResolvedWhileOnItsWay(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(1)
		conv := c.conversation("shop")
		c.settles()
		c.cw.Inject(fake.Fault{Kind: fake.FaultAfter, Method: "POST", Path: messagesPath, Count: 1, Do: func() {
			if err := c.cw.Resolve(talk, fake.Agent); err != nil {
				c.t.Error(err)
			}
		}})
		c.write(1, "等一下")
		c.until("it is there", func() bool { return slices.Contains(spoken(c.talk(talk), "incoming"), "等一下") })
		c.settles()
		c.until("both sides agree", func() bool {
			kept, err := c.api().Conversations.Get(c.ctx, conv.ID)
			c.must(err)
			return (kept.Status == "closed") == (c.talk(talk).Status == "resolved")
		})
		if n := len(spoken(c.talk(talk), "incoming")); n != 2 {
			c.t.Errorf("%d texts of the customer, want 2", n)
		}
	})
}

// TestChatwootIsInstalledAnew gives the number of a customer's conversation to a stranger, who must see nothing of it; the desk goes on in a
// new conversation with what was said.
func TestChatwootIsInstalledAnew(t *testing.T) {
	eachChat(t, chatOptions{both: settings{"sweep_every": "1s"}}, func(c *chat) {
		old := c.opensTicket(1)
		c.says(old, "請稍候")
		c.until("the answer is on the site", func() bool { return len(c.replies(1)) == 1 })
		c.settles()
		began := time.Now().Unix()
		c.until("the clock has moved on", func() bool { return time.Now().Unix() > began }) // a conversation's second is a part of its name
		c.cw.Inject(fake.Fault{Kind: fake.FaultHTML, Status: 503})                          // what stands before it answers meanwhile
		c.cw.ClearRequests()
		c.until("the desk has asked for what changed, and again", func() bool {
			asked := 0
			for _, q := range c.cw.Requests() {
				if strings.Contains(q.Query, "inbox_id=1") {
					asked++
				}
			}
			return asked > 1
		})
		c.cw.Reinstall()
		c.cw.ClearFaults()
		for _, id := range []string{"cw", "web"} {
			c.cw.AddWebhook(c.base()+"/hooks/"+id, chatSecret)
		}
		strange, err := c.cw.StartConversation(c.cw.AddContact("陌生人", ""), fake.APIInbox)
		c.must(err)
		if strange != old {
			c.t.Fatalf("the stranger has number %d, not %d", strange, old)
		}
		_, err = c.cw.Say(strange, fake.Agent, "給陌生人的話")
		c.must(err)
		c.write(1, "還在嗎？")
		now := c.desk("還在嗎？")
		if now == strange || len(spoken(c.talk(strange), "incoming")) != 0 {
			c.t.Fatalf("the customer's words went to the stranger's conversation: %q", spoken(c.talk(strange), "incoming"))
		}
		c.says(now, "在的")
		c.until("the answer is on the site", func() bool { return slices.Equal(c.replies(1), []string{"請稍候", "在的"}) })
	})
}

// TestChatwootOutlivesARestart writes on both sides while the program is down.
func TestChatwootOutlivesARestart(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(1)
		c.settles()
		c.halt()
		c.says(talk, "停機時寫的")
		c.must(c.cw.Label(talk, fake.Agent, "night"))
		c.cw.WaitHooks() // nobody took them
		c.start()
		conv := c.conversation("shop")
		c.until("the answer is on the site", func() bool { return slices.Equal(c.replies(1), []string{"停機時寫的"}) })
		c.until("the label is here", func() bool {
			kept, err := c.api().Conversations.Get(c.ctx, conv.ID)
			c.must(err)
			return slices.Equal(kept.Labels, []string{"night"})
		})
	})
}

var messagesPath = regexp.MustCompile(`/messages$`)
