package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAMemberIsToldWhenSomebodyIsThere has somebody ask for a person on a day when nobody answers.
func TestAMemberIsToldWhenSomebodyIsThere(t *testing.T) {
	opens := time.Now().UTC().AddDate(0, 0, 3).Truncate(24 * time.Hour).Add(9 * time.Hour)
	hours := settings{"zone": "UTC", "week": settings{strings.ToLower(opens.Weekday().String()[:3]): "09:00-17:00"}}
	eachPlan(t, plan{inbox: settings{"hours": hours}, community: func(c settings) { c["patience"] = "1s" }}, func(v *village) {
		dm, tk := v.handed()
		if told := v.posted(dm, "#1"); !shows(told, fmt.Sprintf("<t:%d:F>", opens.Unix())) {
			v.t.Errorf("the member is told:\n%s\nwant %s", visible(told), opens)
		}
		v.settled()
		if n := v.times(tk.channel, "🔔"); n != 0 {
			v.t.Errorf("staff were called %d times while nobody is there", n)
		}
		if list := v.alerts(); len(list) != 0 {
			v.t.Errorf("alerts of a time when nobody is expected to answer: %+v", list)
		}
		v.mutter(tk, "I am here all the same")
		v.posted(dm, "here all the same")
	})
}

// TestOneWhomNobodyAnswersIsNoticed waits longer than the patience of the inbox.
func TestOneWhomNobodyAnswersIsNoticed(t *testing.T) {
	eachPlan(t, plan{community: func(c settings) { c["patience"] = "1s" }}, func(v *village) {
		dm, tk := v.handed()
		v.posted(tk.channel, "🔔")
		v.posted(tk.channel, "所有客服台都已通知")
		if list := v.alerts(); len(list) != 1 || list[0].Kind != "unanswered" || list[0].Subject != v.conversations()[0].ID {
			v.t.Errorf("nobody answers, and the alerts are %+v", list)
		}
		v.mutter(tk, "I am sorry, here I am")
		v.posted(dm, "here I am")
		if list := v.alerts(); len(list) != 0 {
			v.t.Errorf("somebody has answered, and the alerts are %+v", list)
		}
	})
}

// alerts are what is wrong now.
func (v *village) alerts() []struct{ Kind, Subject string } {
	v.t.Helper()
	var page struct {
		Items []struct{ Kind, Subject string }
	}
	v.ask(http.MethodGet, "/alerts", nil, &page)
	return page.Items
}
