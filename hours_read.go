package kefu

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read: more is a mistake, and each question goes through all of it.
const (
	maxRanges   = 12 // a day
	maxHolidays = 400
)

// read makes a timetable of the hours and names every fault.
func (h Hours) read(f *Faults, field string) timetable {
	var out timetable
	zone, err := time.LoadLocation(h.Zone)
	switch {
	case h.Zone == "":
		f.Add(field+".zone", "is needed: the time zone of the hours, like Asia/Taipei")
	case err != nil || h.Zone == "Local":
		f.Add(field+".zone", "%q is not a time zone: write one like Asia/Taipei or Europe/Berlin", cut(h.Zone))
	default:
		out.zone = zone
	}
	h.readWeek(f, field+".week", &out)
	if len(h.Holidays) > maxHolidays {
		f.Add(field+".holidays", "may be at most %d", maxHolidays)
		return out
	}
	for i, text := range h.Holidays {
		day, err := readHoliday(text)
		if err != nil {
			f.Add(fmt.Sprintf("%s.holidays[%d]", field, i), "%s", err)
			continue
		}
		out.holidays = append(out.holidays, day)
	}
	return out
}

func (h Hours) readWeek(f *Faults, field string, out *timetable) {
	before, open := len(*f), false
	for i, name := range Weekdays() {
		spans, err := readDay(h.Week[i])
		if err != nil {
			f.Add(field+"."+name, "%s", err)
		}
		out.week[i], open = spans, open || len(spans) > 0
	}
	switch {
	case len(*f) > before:
		return
	case !open:
		f.Add(field, "has no hours: nobody would ever answer")
		return
	}
	for i, name := range Weekdays() {
		eve := (i + 6) % 7
		late, own := out.week[eve], out.week[i]
		if len(late) > 0 && len(own) > 0 && late[len(late)-1].to-wholeDay > own[0].from {
			f.Add(field+"."+name, "begins before the hours of %s end, which reach into it", Weekdays()[eve])
		}
	}
}

// readDay reads the hours of one day: ranges in their order, which do not overlap. The last one may reach into the next day.
func readDay(text string) ([]span, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) > maxRanges || len(text) > maxRanges*len(" 09:00 - 18:00,") {
		return nil, fmt.Errorf("has more than %d ranges", maxRanges)
	}
	var all []span
	for _, part := range parts {
		s, err := readSpan(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && s.from < all[n-1].to {
			return nil, fmt.Errorf("%q must begin at or after the end of the range in front of it", cut(part))
		}
		all = append(all, s)
	}
	return all, nil
}

func readSpan(text string) (span, error) {
	begin, end, ok := strings.Cut(text, "-")
	from, fromOK := readClock(begin)
	to, toOK := readClock(end)
	switch {
	case !ok || !fromOK || !toOK || from == wholeDay:
		return span{}, fmt.Errorf("%q is not a range of hours: write 09:00-18:00, several as 09:00-12:00,13:00-18:00", cut(text))
	case from == to:
		return span{}, fmt.Errorf("%q is empty: write 00:00-24:00 for the whole day", cut(text))
	case to < from:
		to += wholeDay
	}
	return span{from, to}, nil
}

// readClock reads 09:00; 24:00 is the end of a day.
func readClock(text string) (time.Duration, bool) {
	hours, minutes, ok := strings.Cut(strings.TrimSpace(text), ":")
	h, herr := strconv.ParseUint(hours, 10, 8)
	m, merr := strconv.ParseUint(minutes, 10, 8)
	if !ok || herr != nil || merr != nil || len(hours) > 2 || len(minutes) != 2 || m > 59 {
		return 0, false
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	return d, d <= wholeDay
}

// holiday is a stretch of days, each a number: 20260101, or 101 for every year, whose end may lie in the next one.
type holiday struct {
	from, to int
	yearly   bool
}

func (h holiday) has(day time.Time) bool {
	n := number(day)
	if h.yearly {
		n %= 10000
	}
	if h.to < h.from {
		return n >= h.from || n <= h.to
	}
	return n >= h.from && n <= h.to
}

func number(day time.Time) int { return day.Year()*10000 + int(day.Month())*100 + day.Day() }

func readHoliday(text string) (holiday, error) {
	if len(text) > len(" 2026-02-16 .. 2026-02-20 ") {
		return holiday{}, notDate(text)
	}
	begin, end, several := strings.Cut(text, "..")
	from, yearly, ok := readDate(begin)
	if !ok {
		return holiday{}, notDate(begin)
	}
	if !several {
		return holiday{from, from, yearly}, nil
	}
	to, alike, ok := readDate(end)
	switch {
	case !ok:
		return holiday{}, notDate(end)
	case alike != yearly:
		return holiday{}, fmt.Errorf("%q has a year on one side only", cut(text))
	case !yearly && to < from:
		return holiday{}, fmt.Errorf("%q ends before it begins", cut(text))
	}
	return holiday{from, to, yearly}, nil
}

// readDate reads 2026-01-01, or 01-01 for every year.
func readDate(text string) (n int, yearly, ok bool) {
	text = strings.TrimSpace(text)
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return number(day), false, true
	}
	if day, err := time.Parse(time.DateOnly, "2024-"+text); err == nil { // a leap year: 02-29 is a day
		return number(day) % 10000, true, true
	}
	return 0, false, false
}

func notDate(text string) error {
	return fmt.Errorf("%q is not a day: write 2026-01-01, or 01-01 for every year, or 2026-02-16..2026-02-20", cut(text))
}

// cut bounds what a fault repeats.
func cut(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
