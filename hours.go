package kefu

import "time"

// Hours are when people answer: the hours of each day of the week, and the days on which nobody does. The zero Hours are always open.
type Hours struct {
	// Zone is the name of the time zone that the hours are in: Asia/Taipei.
	Zone string `json:"zone"`
	// Week has the hours of the days from Monday to Sunday: "09:00-12:00,13:00-18:00"; "" is closed.
	Week [7]string `json:"week"`
	// Holidays are days on which nobody answers: 2026-01-01, or 01-01 for every year.
	Holidays []string `json:"holidays,omitempty"`
}

// Always tells whether they never close.
func (h Hours) Always() bool { return h.Zone == "" }

// Check names every fault.
func (h Hours) Check(f *Faults, field string) {}

// OpenAt tells whether somebody answers at t.
func (h Hours) OpenAt(t time.Time) bool { return h.Always() }

// NextOpening is when somebody answers again, at or after t; false when that is not within a year.
func (h Hours) NextOpening(t time.Time) (time.Time, bool) { return t, h.Always() }
