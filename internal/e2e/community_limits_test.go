package e2e

import (
	"strings"
	"testing"
)

func TestMembersBeginNoMoreThanTheyMay(t *testing.T) {
	eachVillage(t, func(c settings) { c["max_open"], c["cooldown"] = 1, "1h" }, func(v *village) {
		v.reports(v.ann, "bug", map[string]string{"title": "The first", "text": "It crashes"})
		tk := v.desk(1)
		many := v.reports(v.ann, "bug", map[string]string{"title": "The second", "text": "It hangs"})
		if !strings.Contains(shown(many), "as many open matters") || !strings.Contains(shown(many), "It hangs") {
			v.t.Errorf("the member is shown %q, want the reason, and what they wrote", shown(many))
		}
		v.slash(tk.channel, "close", nil)
		v.posted(v.dm(v.ann), "was closed by")
		soon := v.reports(v.ann, "new_feature", map[string]string{"title": "The third", "text": "More tea"})
		if !strings.Contains(shown(soon), "<t:") || !strings.Contains(shown(soon), "More tea") {
			v.t.Errorf("the member is shown %q, want when to try again, and what they wrote", shown(soon))
		}
		dm := v.dm(v.ann)
		v.writes(dm, v.ann, "And by direct message?")
		v.posted(dm, "<t:")
		if n := len(v.conversations()); n != 1 {
			v.t.Errorf("there are %d conversations", n)
		}
		if bob := v.reports(v.member("Bob", "en-US"), "bug", map[string]string{"title": "Bob's", "text": "It is slow"}); !strings.Contains(shown(bob), "#2") {
			v.t.Errorf("another member is shown %q", shown(bob))
		}
	})
}

func TestABlockedMemberIsNotHeard(t *testing.T) {
	eachVillage(t, nil, func(v *village) {
		dm, tk := v.handed()
		id := v.conversations()[0].ID
		if out := v.slash(tk.channel, "block", map[string]any{"member": v.ann, "reason": "rude"}); !strings.Contains(shown(out), "Ann") {
			v.t.Errorf("staff are told %q", shown(out))
		}
		for _, command := range []string{"helpme", "bug"} {
			if out := v.tries(command); !strings.Contains(out, "cannot use support") {
				v.t.Errorf("/%s is answered %q", command, out)
			}
		}
		v.writes(dm, v.ann, "I go on all the same")
		v.posted(dm, "cannot use support")
		if list := v.talked(id); heard(list, "go on all the same") || len(v.conversations()) != 1 {
			v.t.Errorf("it was stored: %+v", list)
		}
		v.slash(tk.channel, "unblock", map[string]any{"member": v.ann})
		v.writes(dm, v.ann, "I am sorry")
		v.posted(tk.channel, "I am sorry")
		if heard(v.talked(id), "go on all the same") {
			v.t.Error("what was refused was stored later")
		}
	})
}

// tries runs a command as Ann, fills in its form if it has one, and gives what she is shown.
func (v *village) tries(command string) string {
	v.t.Helper()
	options := map[string]any{}
	if command == "helpme" {
		options["question"] = "May I?"
	}
	x, out := v.does(v.hall, v.ann, command, options)
	if out.Modal == nil {
		return shown(out)
	}
	y, err := v.guild.SubmitModal(x, map[string]string{"title": "May I?", "text": "I try"})
	if err != nil {
		v.t.Fatal(err)
	}
	return shown(v.answered(y))
}

func TestNewAccountsWait(t *testing.T) {
	eachVillage(t, func(c settings) { c["min_account_age"] = "1h" }, func(v *village) {
		for _, command := range []string{"helpme", "bug"} {
			if out := v.tries(command); !strings.Contains(out, "too new") || !strings.Contains(out, "<t:") {
				v.t.Errorf("/%s is answered %q", command, out)
			}
		}
		dm := v.dm(v.ann)
		v.writes(dm, v.ann, "And now?")
		v.posted(dm, "<t:")
		if n := len(v.conversations()); n != 0 {
			v.t.Errorf("there are %d conversations", n)
		}
	})
}
