package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

func TestTwoCreatesAtOnceAreOneTicket(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.talk.wrote(7, firstText(7))
		var group sync.WaitGroup
		answers := make(chan accepted, 8)
		for range cap(answers) {
			group.Go(func() { answers <- r.accept(r.send("/ticket/create", createBody(7))) })
		}
		group.Wait()
		close(answers)
		fresh, ids := 0, map[string]bool{}
		for a := range answers {
			ids[a.ConversationID+a.MessageID] = true
			if !a.Duplicate {
				fresh++
			}
		}
		if fresh != 1 || len(ids) != 1 {
			r.t.Errorf("%d of the creates were new, with %d answers", fresh, len(ids))
		}
		r.opened(7)
		r.balanced()
		r.oneChannelEach()
	})
}

func TestFiveCreatesAreOneChannel(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.talk.wrote(7, firstText(7))
		first := r.accept(r.send("/ticket/create", createBody(7)))
		for n := range 4 {
			again := r.accept(r.send("/ticket/create", createBody(7), header("Idempotency-Key", strings.Repeat("k", n)))) // with and without a key
			if !again.Duplicate || again.MessageID != first.MessageID {
				r.t.Errorf("create again: %+v, first %+v", again, first)
			}
			if n == 1 {
				r.opened(7)
			}
		}
		r.balanced()
		r.oneChannelEach()
	})
}

func TestCategoryFull(t *testing.T) {
	eachRig(t, options{guild: discord.Options{ChannelsPerCategory: 2}}, func(r *rig) {
		for id := int64(1); id <= 3; id++ {
			r.open(id)
		}
		r.guild.Inject(discord.CategoryFull(1)) // and as Discord does at times: full before it is
		r.open(4)
		parents := map[string]int{}
		for id := int64(1); id <= 4; id++ {
			ch, _ := r.guild.ChannelNamed(channelName(id))
			parents[ch.ParentID]++
			parent, ok := r.guild.Channel(ch.ParentID)
			if !ok || parent.Type != discord.TypeCategory || !hides(parent, r.guild.GuildID()) || !hides(ch, r.guild.GuildID()) {
				r.t.Errorf("ticket %d is in %q, which everybody can see", id, parent.Name)
			}
		}
		if len(parents) < 2 {
			r.t.Errorf("categories %v, want a second one", parents)
		}
	})
}

// hides tells whether a channel denies View Channel to everybody.
func hides(ch discord.Channel, guild string) bool {
	for _, o := range ch.Overwrites {
		if o.ID == guild {
			return o.Deny&discord.ViewChannel != 0
		}
	}
	return false
}

func TestGuildFullOpensAForumPost(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.guild.AddChannel(discord.Channel{Type: discord.TypeForum, Name: "備用", Overwrites: []discord.Overwrite{
			{ID: r.guild.GuildID(), Type: discord.OverwriteRole, Deny: discord.ViewChannel},
			{ID: r.role, Type: discord.OverwriteRole, Allow: discord.EveryonePermissions},
			{ID: r.guild.BotID(), Type: discord.OverwriteMember, Allow: discord.HelpdeskPermissions},
		}})
		r.open(1)
		r.guild.Inject(discord.GuildFull(0))
		tk := r.open(2)
		ch, _ := r.guild.Channel(tk.channel)
		if ch.Type != discord.TypePublicThread {
			r.t.Errorf("the ticket is in a channel of type %d, want a forum post", ch.Type)
		}
		r.posted(r.notes, "500")
		r.write(2, "第二句")
		r.posted(tk.channel, "第二句")
		r.say(tk, "在論壇回覆")
		r.until("the reply is on the site", func() bool { return len(r.site.Replies(2)) == 1 })
	})
}

func TestRefusedName(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		body := strings.ReplaceAll(createBody(1488), channelName(1488), "網站-客-1488")
		r.talk.wrote(1488, firstText(1488))
		r.accept(r.send("/ticket/create", body))
		var tk ticket
		r.until("the ticket has a channel of a neutral name", func() bool {
			for _, ch := range r.guild.Channels() {
				if strings.HasPrefix(ch.Name, "ticket-") {
					tk = ticket{1488, ch.ID}
				}
			}
			return tk.channel != "" && len(r.bot(tk.channel)) > 0
		})
		ch, _ := r.guild.Channel(tk.channel)
		if strings.Contains(ch.Name, "1488") || !strings.Contains(ch.Topic, "kefu:cnv_") {
			r.t.Errorf("channel %q, topic %q", ch.Name, ch.Topic)
		}
	})
}

func TestChannelThatMayNotBeDeletedIsToldInWords(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		r.guild.Inject(discord.MissingPermissions(http.MethodDelete, nil, 0))
		r.site.CustomerCloses(r.ctx, 1, wordpress.ByCustomer)
		r.posted(tk.channel, wordpress.ByCustomer)
		r.posted(tk.channel, "管理頻道")
		if got := r.accept(r.send("/ticket/close", closeBody(1, true, wordpress.ByCustomer))); !got.Duplicate {
			r.t.Error("the conversation is not closed")
		}
	})
}

func TestUpdateForAnUnknownTicket(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.site.SetHook("") // the create and two updates are lost
		for _, text := range []string{firstText(7), "第一句", "第二句"} {
			r.talk.wrote(7, text)
		}
		r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: 7, Title: "遺失的單", Text: firstText(7)})
		r.site.CustomerWrites(r.ctx, 7, "第一句")
		r.site.CustomerWrites(r.ctx, 7, "第二句")
		r.site.SetHook(r.base())
		r.write(7, "第三句")
		tk := r.opened(7)
		r.posted(tk.channel, "第三句")
		if card := r.bot(tk.channel)[0]; !shows(card, "遺失的單") || !shows(card, firstText(7)) {
			r.t.Errorf("the card is not the ticket's first message:\n%s", visible(card))
		}
	})
}

func TestUpdateForAnUnknownTicketWhileTheSiteIsDown(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.site.SetHook("")
		r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: 7, Text: firstText(7)})
		r.site.CustomerWrites(r.ctx, 7, "站台當機時的訊息")
		if err := r.site.SetDown(true); err != nil {
			r.t.Fatal(err)
		}
		r.accept(r.send("/ticket/update", updateBody(7, "站台當機時的訊息")))
		tk := r.opened(7)
		r.posted(tk.channel, "站台當機時的訊息")
		// The site comes back: what came before is completed by the comparison, once.
		if err := r.site.SetDown(false); err != nil {
			r.t.Fatal(err)
		}
		r.restart()
		r.posted(tk.channel, firstText(7))
		r.balanced()
		for _, text := range []string{firstText(7), "站台當機時的訊息"} {
			if n := r.count(tk.channel, text); n != 1 {
				r.t.Errorf("%q is there %d times", text, n)
			}
		}
	})
}

func TestCloseBeforeCreate(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.site.SetHook("")
		r.talk.wrote(7, firstText(7))
		r.site.CustomerOpens(r.ctx, wordpress.Opening{ID: 7, Text: firstText(7)})
		r.site.CustomerCloses(r.ctx, 7, wordpress.ByCustomer)
		r.accept(r.send("/ticket/close", closeBody(7, true, wordpress.ByCustomer)))
		late := r.accept(r.send("/ticket/create", createBody(7)))
		r.until("all is settled", func() bool { return r.waiting() == 0 })
		r.balanced()
		again := r.accept(r.send("/ticket/create", createBody(7)))
		if !again.Duplicate || again.ConversationID != late.ConversationID {
			r.t.Errorf("create %+v, then %+v", late, again)
		}
		r.oneChannelEach()
		if n := r.site.Requests(wordpress.RouteClose); n != 0 {
			r.t.Errorf("the close came back %d times", n)
		}
	})
}

// TestWhatStaffWroteBeforeTheChannelWasKnown: a channel was made and the answer lost, the program stopped, and staff wrote there.
func TestWhatStaffWroteBeforeTheChannelWasKnown(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.guild.Inject(discord.Fault{Kind: discord.FaultResetAfter, Method: http.MethodPost, Path: regexp.MustCompile(`^/guilds/\d+/channels$`), Count: 1, Skip: 1})
		r.create(1)
		var ch discord.Channel
		r.until("the channel is made", func() (ok bool) {
			ch, ok = r.guild.ChannelNamed(channelName(1))
			return ok
		})
		r.halt()
		r.say(ticket{id: 1, channel: ch.ID}, "先說一聲，我看到了")
		r.start()
		r.opened(1)
		r.balanced()
		r.oneChannelEach()
	})
}
