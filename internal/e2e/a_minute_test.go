package e2e

import (
	"net/http"
	"strings"
	"testing"

	"kefu/internal/fake/discord"
)

// These tests wait out the minute that Kefu rests when only a person can mend what is wrong. They stand in the first file by name, so
// that the others run beside them.

func TestGuildFullWithoutForumWaitsAndTells(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.open(1)
		r.guild.Inject(discord.GuildFull(1))
		r.create(2)
		r.posted(r.notes, "500")
		if page := fetch(r.base() + "/readyz"); page.status != http.StatusOK {
			r.t.Errorf("a full Discord makes the process unready: %s", page.body)
		}
		r.write(2, "還在等") // and after a minute, when somebody has made room, it goes on by itself
		r.opened(2)
	})
}

func TestHalfPermitted(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		r.guild.SetBotPermissions(discord.HelpdeskPermissions &^ discord.ManageChannels)
		r.create(1)
		r.posted(r.notes, "管理頻道")
		r.write(1, "還在嗎")
		if r.waiting() == 0 {
			r.t.Error("nothing waits, although there is no channel")
		}
		// The person who was told mends it; nothing but that is needed.
		r.guild.SetBotPermissions(discord.HelpdeskPermissions)
		tk := r.opened(1)
		r.posted(tk.channel, "還在嗎")
	})
}

// TestARefusedTokenStopsWithWords takes hooks all the same: what only a person can mend is told, and not tried in a loop.
func TestARefusedTokenStopsWithWords(t *testing.T) {
	eachRig(t, options{idle: true, unbalanced: true}, func(r *rig) {
		r.o.desk = settings{"token": "not-the-token"}
		r.start()
		r.until("it is told", func() bool { return strings.Contains(fetch(r.base()+"/readyz").body, "token") })
		if page := fetch(r.base() + "/readyz"); page.status != 200 {
			r.t.Errorf("readyz says %d: a remote must not make the process unready", page.status)
		}
		r.create(1)
		r.halt()
		r.o.desk = nil
		r.o.unbalanced = false
		asked := len(r.guild.Requests())
		if asked > 20 {
			r.t.Errorf("%d requests with a token that is refused", asked)
		}
		r.start()
		r.opened(1)
	})
}
