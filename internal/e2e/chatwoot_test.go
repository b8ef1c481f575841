package e2e

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/client"
	fake "kefu/internal/fake/chatwoot"
	"kefu/internal/fake/wordpress"
)

func somePicture() []byte { return []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 40)) }

func TestChatwootIsADesk(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(33)
		card := notes(c.talk(talk))
		if len(card) != 1 || !strings.Contains(card[0], "33") {
			c.t.Errorf("the card is %q", card)
		}
		c.says(talk, "您好，請問訂單編號？")
		_, err := c.cw.Note(talk, fake.Agent2, "老客戶")
		c.must(err)
		_, err = c.cw.Say(talk, fake.Agent, "請看附件", fake.File{Name: "說明.png", Body: somePicture()})
		c.must(err)
		c.until("the answers are on the site", func() bool { return len(c.replies(33)) == 2 })
		c.write(33, "1001")
		c.until("the customer's second text is in Chatwoot", func() bool { return slices.Equal(spoken(c.talk(talk), "incoming"), []string{firstText(33), "1001"}) })

		replies := c.replies(33)
		if replies[0] != "您好，請問訂單編號？" || !strings.HasPrefix(replies[1], "請看附件\n"+c.base()+"/files/") {
			c.t.Errorf("the customer was answered %q", replies)
		}
		_, link, _ := strings.Cut(replies[1], "\n")
		if page := fetch(link); page.body != string(somePicture()) {
			c.t.Errorf("the picture's link answers %d with %d bytes", page.status, len(page.body))
		}
		if res := c.site.CustomerSends(c.ctx, 33, wordpress.Writing{Text: "我的圖片", ImageURL: link}); res.Status != 200 {
			c.t.Fatalf("answered %d", res.Status)
		}
		c.until("the customer's picture is in Chatwoot", func() bool {
			return slices.ContainsFunc(c.talk(talk).Messages, func(m fake.Said) bool {
				return m.Kind == "incoming" && len(m.Files) == 1 && bytes.Equal(m.Files[0].Body, somePicture())
			})
		})
	})
}

func TestChatwootClosesAndReopens(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(1)
		c.must(c.cw.Resolve(talk, fake.Agent))
		c.until("the site's ticket is closed", func() bool { site, _ := c.site.Ticket(1); return site.Status == "closed" })
		c.settles()
		if got := c.talk(talk).Status; got != "resolved" {
			c.t.Errorf("it is %s after it was resolved", got)
		}
		c.write(1, "還有一個問題")
		c.until("it is open again with the new text", func() bool {
			now := c.talk(talk)
			return now.Status == "open" && slices.Contains(spoken(now, "incoming"), "還有一個問題")
		})
		c.says(talk, "請說")
		c.until("the answer is on the site", func() bool { return slices.Contains(c.replies(1), "請說") })
		c.site.CustomerCloses(c.ctx, 1, wordpress.ByCustomer)
		c.until("it is resolved in Chatwoot", func() bool { return c.talk(talk).Status == "resolved" })
	})
}

func TestChatwootIsAChannel(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.visitor("小陳", "請問有現貨嗎？")
		conv := c.conversation("web")
		tk := c.deskOf(conv)
		c.posted(tk.channel, "請問有現貨嗎？")
		c.mutter(tk, "有的")
		c.mutter(tk, "// 只剩三個")
		c.until("the answer is in the widget", func() bool { return slices.Equal(spoken(c.talk(talk), "outgoing"), []string{"有的"}) })
		_, err := c.cw.CustomerSends(talk, "就是這個", fake.File{Name: "a.png", Body: somePicture()})
		c.must(err)
		c.posted(tk.channel, "就是這個")
		_, err = c.cw.Note(talk, fake.Agent, "Chatwoot 裡的備註")
		c.must(err)
		c.posted(tk.channel, "Chatwoot 裡的備註")
		c.slash(tk.channel, "close", nil)
		c.until("it is resolved in Chatwoot", func() bool { return c.talk(talk).Status == "resolved" })
		for _, m := range spoken(c.talk(talk), "outgoing") {
			if strings.Contains(m, "只剩") || strings.Contains(m, "備註") {
				c.t.Errorf("a note went to the customer: %q", m)
			}
		}
	})
}

// deskOf waits for the channel of a conversation in Discord.
func (c *chat) deskOf(conv client.Conversation) (tk ticket) {
	c.t.Helper()
	c.until("it has a channel in Discord", func() bool {
		for _, ch := range c.guild.Channels() {
			for _, m := range c.bot(ch.ID) {
				if strings.Contains(visible(m), conv.Subject) && conv.Subject != "" {
					tk.channel = ch.ID
					return true
				}
			}
		}
		return false
	})
	return tk
}

// TestStandingBothWays changes on each side what the other did not.
func TestStandingBothWays(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(1)
		conv := c.conversation("shop")
		until := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
		c.must(c.cw.Label(talk, fake.Agent, "vip"))
		c.must(c.cw.Priority(talk, fake.Agent, "urgent"))
		c.must(c.cw.Assign(talk, fake.Agent, fake.Agent2))
		c.stands(conv.ID, "as in Chatwoot", func(k client.Conversation) bool {
			return k.Priority == "urgent" && slices.Equal(k.Labels, []string{"vip"}) && k.AssigneeID != nil
		})
		_, err := c.api().Labels.Create(c.ctx, client.NewLabel{Name: "refund"})
		c.must(err)
		_, err = c.api().Conversations.Update(c.ctx, conv.ID, client.ConversationChange{Labels: client.Set([]string{"refund", "vip"}), Priority: client.Set("low")})
		c.must(err)
		c.until("Chatwoot has it", func() bool {
			now := c.talk(talk)
			slices.Sort(now.Labels)
			return now.Priority == "low" && slices.Equal(now.Labels, []string{"refund", "vip"}) && now.Assignee == fake.Agent2
		})
		c.must(c.cw.Snooze(talk, fake.Agent, until))
		c.stands(conv.ID, "asleep", func(k client.Conversation) bool {
			return k.Status == "snoozed" && k.SnoozedUntil != nil && k.SnoozedUntil.Equal(until)
		})
		c.must(c.cw.Unlabel(talk, fake.Agent, "vip"))
		c.must(c.cw.Assign(talk, fake.Agent, 0))
		c.stands(conv.ID, "nobody's, with one label", func(k client.Conversation) bool {
			return k.AssigneeID == nil && slices.Equal(k.Labels, []string{"refund"})
		})
		c.write(1, "醒醒")
		c.until("it is awake on both sides", func() bool { return c.talk(talk).Status == "open" })
		c.stands(conv.ID, "awake", func(k client.Conversation) bool { return k.Status == "open" })
	})
}

// TestAnotherDeskHasTheTalk keeps what is written in Chatwoot inside, says so, and lets whoever assigns it to themselves take over.
func TestAnotherDeskHasTheTalk(t *testing.T) {
	config := settings{"routes": []settings{{"from": "shop", "to": []string{"cw", "guild"}}, {"from": "web", "to": []string{"guild"}}}}
	eachChat(t, chatOptions{config: config}, func(c *chat) {
		talk := c.opensTicket(1)
		tk := c.opened(1)
		c.mutter(tk, "Discord 先回了")
		c.until("the answer is on the site", func() bool { return slices.Equal(c.replies(1), []string{"Discord 先回了"}) })
		c.says(talk, "Chatwoot 也想回")
		c.until("it is told that it stayed inside", func() bool {
			return slices.ContainsFunc(notes(c.talk(talk)), func(words string) bool { return strings.Contains(words, "沒有傳給顧客") })
		})
		c.posted(tk.channel, "Chatwoot 也想回")
		c.must(c.cw.Assign(talk, fake.Agent, fake.Agent))
		c.says(talk, "現在由我處理")
		c.until("the answer of who took over is on the site", func() bool { return slices.Equal(c.replies(1), []string{"Discord 先回了", "現在由我處理"}) })
	})
}

// TestTwoPeopleChangeLabels has an agent put on a label between our reading and our writing, which replaces all: ours must be there, and
// what is there in the end must be the same on both sides.
func TestTwoPeopleChangeLabels(t *testing.T) {
	eachChat(t, chatOptions{both: settings{"sweep_every": "1s"}}, func(c *chat) {
		talk := c.opensTicket(1)
		conv := c.conversation("shop")
		_, err := c.api().Labels.Create(c.ctx, client.NewLabel{Name: "ours"})
		c.must(err)
		c.cw.Inject(fake.Fault{Kind: fake.FaultAfter, Method: "GET", Path: regexp.MustCompile(`/conversations/\d+/labels$`), Count: 1, Do: func() {
			if err := c.cw.Label(talk, fake.Agent2, "theirs"); err != nil {
				c.t.Error(err)
			}
		}})
		_, err = c.api().Conversations.Update(c.ctx, conv.ID, client.ConversationChange{Labels: client.Set([]string{"ours"})})
		c.must(err)
		both := []string{"ours", "theirs"}
		c.until("Chatwoot has both", func() bool { now := c.talk(talk); slices.Sort(now.Labels); return slices.Equal(now.Labels, both) })
		c.stands(conv.ID, "labelled by both", func(k client.Conversation) bool { return slices.Equal(k.Labels, both) })
	})
}

// TestSomebodyWhomChatwootDoesNotKnow is not assigned there, and a note says who it is, once.
func TestSomebodyWhomChatwootDoesNotKnow(t *testing.T) {
	eachChat(t, chatOptions{}, func(c *chat) {
		talk := c.opensTicket(1)
		conv := c.conversation("shop")
		agent, _ := c.staff(c.api(), "hong", "agent")
		_, err := c.api().Conversations.Update(c.ctx, conv.ID, client.ConversationChange{AssigneeID: client.Set(agent.ID)})
		c.must(err)
		named := func() (n int) {
			for _, words := range notes(c.talk(talk)) {
				if strings.Contains(words, "hong") {
					n++
				}
			}
			return n
		}
		c.until("a note says who has it", func() bool { return named() > 0 })
		c.settles()
		if n := named(); n != 1 || c.talk(talk).Assignee != 0 {
			c.t.Errorf("%d notes, assigned to %d: %q", n, c.talk(talk).Assignee, notes(c.talk(talk)))
		}
		c.stands(conv.ID, "still the other's", func(k client.Conversation) bool { return k.AssigneeID != nil && *k.AssigneeID == agent.ID })
	})
}
