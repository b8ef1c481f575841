package switchboard

import (
	"encoding/json"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/store"
)

// InboxHours are business hours as the API shows and takes them.
type InboxHours struct {
	Zone     string    `json:"zone" doc:"The time zone that the hours are in." example:"Asia/Taipei"`
	Week     WeekHours `json:"week" doc:"The hours of each day."`
	Holidays []string  `json:"holidays,omitempty" doc:"Days on which nobody answers: 2026-01-01, or 01-01 for every year, or from one to another: 2026-02-16..2026-02-20. At most 400."`
}

// WeekHours are the hours of each day of the week. A day that is not there is closed.
type WeekHours struct {
	Mon string `json:"mon,omitempty" doc:"Ranges of hours; one that ends before it begins, as 22:00-02:00, reaches into the next day." example:"09:00-12:00,13:00-18:00"`
	Tue string `json:"tue,omitempty" doc:"As mon."`
	Wed string `json:"wed,omitempty" doc:"As mon."`
	Thu string `json:"thu,omitempty" doc:"As mon."`
	Fri string `json:"fri,omitempty" doc:"As mon."`
	Sat string `json:"sat,omitempty" doc:"As mon."`
	Sun string `json:"sun,omitempty" doc:"As mon."`
}

func (h InboxHours) hours() kefu.Hours {
	w := h.Week
	return kefu.Hours{Zone: h.Zone, Week: [7]string{w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat, w.Sun}, Holidays: h.Holidays}
}

func hoursView(h kefu.Hours) InboxHours {
	w := h.Week
	return InboxHours{Zone: h.Zone, Week: WeekHours{w[0], w[1], w[2], w[3], w[4], w[5], w[6]}, Holidays: h.Holidays}
}

// applyHours changes the hours, and names every fault of new ones.
func (ch InboxChange) applyHours(f *kefu.Faults, i *store.Inbox) {
	if !ch.Hours.Given {
		return
	}
	if i.Hours = ""; ch.Hours.Null {
		return
	}
	h := ch.Hours.Value.hours()
	if h.Always() {
		f.Add("hours.zone", "is needed: the time zone of the hours, like Asia/Taipei")
		return
	}
	h.Check(f, "hours")
	raw, err := json.Marshal(h)
	if err != nil {
		f.Add("hours", "cannot be kept")
	}
	i.Hours = string(raw)
}

// showHours shows when people answer, and whether they do now.
func (v *InboxView) showHours(h kefu.Hours, now time.Time) {
	v.OpenNow = h.OpenAt(now)
	if h.Always() {
		return
	}
	shown := hoursView(h)
	v.Hours = &shown
	// What is open opens now, and now is another time with each look: there would be no entity tag of it.
	if at, ok := h.NextOpening(now); ok && !v.OpenNow {
		v.NextOpening = &at
	}
}

// hoursOf are the business hours of an inbox, wherever they were set.
func (b *Switchboard) hoursOf(i store.Inbox) (kefu.Hours, error) {
	if i.Provisioned {
		return b.inboxes[i.ID].Hours, nil
	}
	return HoursOf(i)
}

// HoursOf gives the business hours of an inbox that was made by the API.
func HoursOf(i store.Inbox) (h kefu.Hours, err error) {
	if i.Hours == "" {
		return h, nil
	}
	if err := json.Unmarshal([]byte(i.Hours), &h); err != nil {
		return h, fmt.Errorf("business hours of inbox %s: %w", i.ID, err)
	}
	return h, nil
}
