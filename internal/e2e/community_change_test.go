package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/discord"
)

func TestMembersAndStaffChangeWhatTheyWrote(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		mine := v.writes(dm, v.ann, "It is order 8806")
		post := v.posted(tk.channel, "order 8806")
		if _, err := v.guild.Edit(mine.ID, "It is order 9907"); err != nil {
			v.t.Fatal(err)
		}
		v.until("the desk has the edit, and reads that it is one", func() bool {
			now := v.still(post)
			return shows(now, "order 9907") && shows(now, "已編輯") && !shows(now, "8806")
		})
		if err := v.guild.DeleteMessage(mine.ID); err != nil {
			v.t.Fatal(err)
		}
		v.until("the desk reads that it was deleted", func() bool {
			now := v.still(post)
			return shows(now, "已刪除此訊息") && !shows(now, "9907")
		})

		theirs := v.mutter(tk, "We send it tomorrow")
		answer := v.posted(dm, "send it tomorrow")
		if _, err := v.guild.Edit(theirs.ID, "We send it today"); err != nil {
			v.t.Fatal(err)
		}
		v.until("the member has the edit", func() bool {
			now := v.still(answer)
			return shows(now, "send it today") && !shows(now, "tomorrow")
		})
		if err := v.guild.DeleteMessage(theirs.ID); err != nil {
			v.t.Fatal(err)
		}
		v.until("the member does not see it any more", func() bool {
			now, ok := v.guild.Message(answer.ID)
			return !ok || now.Deleted
		})
		v.settled()
		if v.bears(theirs.ID, "🗑️") || v.bears(theirs.ID, "✏️") {
			v.t.Error("staff are told that the member still sees it")
		}
	})
}

// TestWhatMembersSendBesideText wants everything that a member can send to arrive as something that staff can read or open.
func TestWhatMembersSendBesideText(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		files := map[string]string{"voice-message.ogg": "OggS voice", "Wave.png": tiny + "wave", "price.png": tiny + "price"}
		wave := v.guild.AddSticker("Wave", discord.StickerPNG, []byte(files["Wave.png"]))
		dance := v.guild.AddSticker("Dance", discord.StickerLottie, nil)
		v.posts(dm, v.ann, discord.Saying{Stickers: []discord.Sticker{wave, dance}})
		v.posts(dm, v.ann, discord.Saying{Voice: 12 * time.Second, Files: []discord.File{{Name: "voice-message.ogg", Data: []byte(files["voice-message.ogg"])}}})
		v.posts(dm, v.ann, discord.Saying{Question: "Which tea?", Answers: []string{"Green", "Black"}})
		there, err := v.guild.Say(v.hall, v.member("Bob", "en-US"), "The price is 5", discord.File{Name: "price.png", Data: []byte(files["price.png"])})
		if err != nil {
			v.t.Fatal(err)
		}
		v.posts(dm, v.ann, discord.Saying{Text: "Look what he says", Forward: there.ID})
		many := discord.Saying{Text: "All eight of them"}
		for i := range 8 {
			name, data := fmt.Sprintf("picture%d.png", i), fmt.Sprint(tiny, i, strings.Repeat("p", i*1000))
			if i%2 == 1 {
				name, data = fmt.Sprintf("log%d.txt", i), fmt.Sprint("log ", i, strings.Repeat("l", i*1000))
			}
			files[name] = data
			many.Files = append(many.Files, discord.File{Name: name, Data: []byte(data)})
		}
		v.posts(dm, v.ann, many)
		for _, words := range []string{"[貼圖：Wave]", "[貼圖：Dance]", "[語音訊息，12 秒]", "[投票] Which tea?", "- Green", "[轉發的訊息]", "The price is 5", "Look what he says", "All eight"} {
			v.posted(tk.channel, words)
		}
		v.settled()
		got := v.attached(tk.channel)
		for name, want := range files {
			if got[want] != 1 {
				v.t.Errorf("%s (%d bytes) is at the desk %d times", name, len(want), got[want])
			}
		}
	})
}

// attached counts the files and pictures of the bot's messages in a channel, by what is in them.
func (v *village) attached(channel string) map[string]int {
	found := map[string]int{}
	for _, m := range v.bot(channel) {
		for _, a := range m.Attachments {
			found[fetch(a.URL).body]++
		}
		for _, e := range m.Embeds {
			if e.Image != nil {
				found[fetch(e.Image.URL).body]++
			}
		}
	}
	return found
}

func TestAMemberLeavesTheServer(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		v.mutter(tk, "Which order is it?")
		v.posted(dm, "Which order")
		if err := v.guild.RemoveMember(v.ann); err != nil {
			v.t.Fatal(err)
		}
		v.posted(tk.channel, "顧客已離開伺服器")
		late := v.mutter(tk, "Are you still there?")
		v.until("⚠️", func() bool { return v.bears(late.ID, "⚠️") })
		reason := v.posted(tk.channel, "對方已離開伺服器")
		if reason.Reference == nil || reason.Reference.MessageID != late.ID || buttonID(reason.Components, "retry") == "" {
			v.t.Errorf("the reason stands below another message, or has no button to try again:\n%s", visible(reason))
		}
		v.settled()
		if n := v.times(tk.channel, "顧客已離開伺服器"); n != 1 {
			v.t.Errorf("staff were told %d times", n)
		}
	})
}
