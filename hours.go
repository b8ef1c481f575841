package kefu

import "time"

// Hours are when people answer: the hours of each day of the week, and the days on which nobody does. The zero Hours are always open.
//
// They are read by the clock on the wall of their zone. An hour that a change of the clocks leaves out is not open on that day; one that
// comes twice is open twice. A range that ends before it begins reaches into the next day: 22:00-02:00.
type Hours struct {
	// Zone is the name of the time zone that the hours are in: Asia/Taipei.
	Zone string `json:"zone"`
	// Week has the hours of the days from Monday to Sunday: "09:00-12:00,13:00-18:00"; "" is closed.
	Week [7]string `json:"week"`
	// Holidays are days on which nobody answers: 2026-01-01, or 01-01 for every year, or from one to another: 2026-02-16..2026-02-20. What
	// the evening before would reach into them is cut, and no evening of theirs reaches into the day after.
	Holidays []string `json:"holidays,omitempty"`
}

// Weekdays are the names of the days of Hours.Week.
func Weekdays() [7]string { return [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// Always tells whether they never close.
func (h Hours) Always() bool { return h.Zone == "" }

// Check names every fault.
func (h Hours) Check(f *Faults, field string) {
	if h.Zone != "" || h.Week != [7]string{} || len(h.Holidays) > 0 {
		h.read(f, field)
	}
}

// OpenAt tells whether somebody answers at t. Hours that Check refuses are always open: nobody is kept waiting for what cannot be read.
func (h Hours) OpenAt(t time.Time) bool {
	table, ok := h.table()
	if !ok {
		return true
	}
	wall, _ := table.wall(t)
	opening, ok := table.next(wall, wall)
	return ok && opening.Equal(wall)
}

// NextOpening is when somebody answers again, at or after t; false when that is not within a year.
func (h Hours) NextOpening(t time.Time) (time.Time, bool) {
	table, ok := h.table()
	if !ok {
		return t, true
	}
	t = t.Round(0)
	limit := t.AddDate(1, 0, 0)
	// Between two changes of the clocks the wall's clock runs evenly, so that it is read for each such stretch by itself.
	for at := t; !at.After(limit); {
		wall, ahead := table.wall(at)
		opening, found := table.next(wall, limit.UTC().Add(ahead))
		opening = opening.Add(-ahead)
		_, change := at.In(table.zone).ZoneBounds()
		if found && (change.IsZero() || opening.Before(change)) {
			return opening.In(t.Location()), !opening.After(limit)
		}
		if change.IsZero() {
			break
		}
		at = change
	}
	return time.Time{}, false
}

// table are the hours as they can be asked; false when they are always open.
func (h Hours) table() (timetable, bool) {
	if h.Always() {
		return timetable{}, false
	}
	var faults Faults
	table := h.read(&faults, "hours")
	return table, len(faults) == 0
}

// timetable is Hours after they were read. Its times are those of the wall's clock, held as if they were UTC: a day has 24 hours there.
type timetable struct {
	zone     *time.Location
	week     [7][]span // from Monday
	holidays []holiday
}

// span is a part of a day, from its midnight; one that reaches into the next day ends behind 24 hours.
type span struct{ from, to time.Duration }

const wholeDay = 24 * time.Hour

// wall is what the clock on the wall shows at t, and how far it is ahead of UTC.
func (w timetable) wall(t time.Time) (time.Time, time.Duration) {
	_, seconds := t.In(w.zone).Zone()
	ahead := time.Duration(seconds) * time.Second
	return t.UTC().Add(ahead), ahead
}

// next is the first time from wall to limit that is open.
func (w timetable) next(wall, limit time.Time) (time.Time, bool) {
	for day := wall.Truncate(wholeDay); !day.After(limit); day = day.Add(wholeDay) {
		for _, s := range w.on(day) {
			if wall.Before(day.Add(s.to)) {
				return later(wall, day.Add(s.from)), true
			}
		}
	}
	return time.Time{}, false
}

// on are the open parts of a day, in their order: what the evening before reaches into it, and its own.
func (w timetable) on(day time.Time) []span {
	if w.closed(day) {
		return nil
	}
	var all []span
	if before := day.Add(-wholeDay); !w.closed(before) {
		for _, s := range w.week[weekday(before)] {
			if s.to > wholeDay {
				all = append(all, span{0, s.to - wholeDay})
			}
		}
	}
	for _, s := range w.week[weekday(day)] {
		all = append(all, span{s.from, min(s.to, wholeDay)})
	}
	return all
}

func (w timetable) closed(day time.Time) bool {
	for _, h := range w.holidays {
		if h.has(day) {
			return true
		}
	}
	return false
}

// weekday counts from Monday.
func weekday(day time.Time) int { return (int(day.Weekday()) + 6) % 7 }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
