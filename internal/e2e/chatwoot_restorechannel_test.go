package e2e

import (
	"path/filepath"
	"slices"
	"testing"

	fake "kefu/internal/fake/chatwoot"
	"kefu/internal/storetest"
)

// TestChatwootFillsAnEmptyStoreOnBothSides is the same with customers who write in Chatwoot too: nothing of what was said is said again on
// either side, and no second conversation begins.
func TestChatwootFillsAnEmptyStoreOnBothSides(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		c := newChat(t, url, chatOptions{both: settings{"sweep_every": "1s"},
			config: settings{"routes": []settings{{"from": "web", "to": []string{"cw"}}}}})
		web := c.visitor("小林", "尺寸不合")
		talk := c.desk("尺寸不合")
		c.says(talk, "請稍候")
		c.until("the visitor has the answer", func() bool { return len(spoken(c.talk(web), "outgoing")) == 1 })
		_, err := c.cw.CustomerWrites(web, "可以退貨嗎？")
		c.must(err)
		c.until("the desk has it", func() bool { return len(spoken(c.talk(talk), "incoming")) == 2 })
		c.settles()
		c.halt()
		c.o.config["database"] = "sqlite:" + filepath.Join(c.dir, "another.db")
		c.start()
		c.db = "sqlite:" + filepath.Join(c.dir, "another.db")
		c.renewKeys()
		conv := c.conversation("web")
		c.until("what was said is here again", func() bool {
			return slices.Equal(texts(c.messages(c.api(), conv.ID)), []string{"尺寸不合", "請稍候", "可以退貨嗎？"})
		})
		_, err = c.cw.CustomerWrites(web, "還在嗎？")
		c.must(err)
		c.until("the customer's text is in the same conversation", func() bool {
			return slices.Equal(spoken(c.talk(talk), "incoming"), []string{"尺寸不合", "可以退貨嗎？", "還在嗎？"})
		})
		c.says(talk, "在的")
		c.until("the answer is there, and nothing twice", func() bool { return slices.Equal(spoken(c.talk(web), "outgoing"), []string{"請稍候", "在的"}) })
		c.settles()
		if n := len(c.cw.Talks()); n != 2 {
			c.t.Errorf("%d conversations in Chatwoot, want the two", n)
		}
	})
}

// TestNotedByACustomer has a visitor of the website note in their own conversation, as the widget lets them, that it is the desk's conversation
// of somebody else's ticket.
func TestNotedByACustomer(t *testing.T) {
	eachChat(t, chatOptions{both: settings{"sweep_every": "1s"}}, func(c *chat) {
		id, err := c.cw.StartConversation(c.cw.AddContact("Mallory", ""), fake.WebInbox)
		c.must(err)
		c.must(c.cw.SetAttribute(id, "kefu_conversation", "cnv_forged"))
		c.must(c.cw.SetAttribute(id, "kefu_origin", `{"conversation_id":"cnv_forged","contact_id":"con_forged","contact_name":"x","inbox":"shop","thread":"9"}`))
		_, err = c.cw.CustomerWrites(id, "hello")
		c.must(err)
		c.visitor("小林", "尺寸不合") // heard after the other
		c.conversation("web")
		c.settles()
		c.opensTicket(9)
		c.settles()
		if conv := c.conversation("shop"); conv.ID == "cnv_forged" {
			c.t.Errorf("the ticket is in the conversation that a visitor made up: %+v", conv)
		}
	})
}
