package e2e

import (
	"path/filepath"
	"slices"
	"testing"

	"kefu/internal/storetest"
)

// TestChatwootFillsAnEmptyStore loses Kefu's database in mid-conversation: the conversation is linked again by what is noted in Chatwoot, with
// what was said, and goes on in the same place.
func TestChatwootFillsAnEmptyStore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		c := newChat(t, url, chatOptions{both: settings{"sweep_every": "1s"}})
		talk := c.opensTicket(7)
		c.says(talk, "請稍候")
		c.until("the answer is on the site", func() bool { return len(c.replies(7)) == 1 })
		c.settles()
		c.halt()
		c.o.config["database"] = "sqlite:" + filepath.Join(c.dir, "another.db")
		c.start()
		c.db = "sqlite:" + filepath.Join(c.dir, "another.db")
		c.renewKeys()
		conv := c.conversation("shop")
		c.until("what was said is here again", func() bool {
			return slices.Equal(texts(c.messages(c.api(), conv.ID)), []string{firstText(7), "請稍候"})
		})
		c.write(7, "還在嗎？")
		c.until("the customer's text is in the same conversation", func() bool {
			return slices.Equal(spoken(c.talk(talk), "incoming"), []string{firstText(7), "還在嗎？"})
		})
		c.says(talk, "在的")
		c.until("the answer is on the site, and nothing twice", func() bool { return slices.Equal(c.replies(7), []string{"請稍候", "在的"}) })
		if n := len(c.cw.Talks()); n != 1 {
			c.t.Errorf("%d conversations in Chatwoot, want the one", n)
		}
	})
}
