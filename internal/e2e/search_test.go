package e2e

import (
	"slices"
	"testing"

	"kefu/client"
)

// TestSearchFindsBothScripts writes in one script and looks in the other; what was edited or recalled is found no more.
func TestSearchFindsBothScripts(t *testing.T) {
	eachRig(t, alone(), func(r *rig) {
		c := r.program()
		conv := r.begin(c, client.NewConversation{Subject: "詢問"})
		simplified := r.tell(c, conv.ID, "我要退货，尺码不对")
		traditional := r.tell(c, conv.ID, "請問退貨要寄到哪裡")
		r.tell(c, conv.ID, "沒有關係的一句話")
		find := func(text string) (ids []string) {
			hits, err := client.Collect(c.Search.Find(r.ctx, client.SearchQuery{Text: text, Types: []string{"messages"}}), 100)
			if err != nil {
				r.t.Fatal(err)
			}
			for _, h := range hits {
				ids = append(ids, h.ID)
			}
			return ids
		}
		both := []string{traditional.ID, simplified.ID} // the newest first
		for _, text := range []string{"退貨", "退货"} {
			r.until(text+" finds both", func() bool { return slices.Equal(find(text), both) })
		}
		if _, err := c.Messages.Edit(r.ctx, traditional.ID, "請問換貨要寄到哪裡"); err != nil {
			r.t.Fatal(err)
		}
		r.until("the edited one is found no more", func() bool { return slices.Equal(find("退貨"), both[1:]) })
		if err := c.Messages.Recall(r.ctx, simplified.ID); err != nil {
			r.t.Fatal(err)
		}
		r.until("the recalled one is found no more", func() bool { return len(find("退貨")) == 0 })
		r.until("its new words are found", func() bool { return slices.Equal(find("換貨"), both[:1]) })
	})
}
