package kefu_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests are there on every machine

	"pgregory.net/rapid"

	"kefu"
)

// daily are the same hours on each day of the week.
func daily(zone, hours string, holidays ...string) kefu.Hours {
	h := kefu.Hours{Zone: zone, Holidays: holidays}
	for i := range h.Week {
		h.Week[i] = hours
	}
	return h
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// TestNextOpening: each case is told in the zone's own time, with its distance from UTC, so that a changed clock can be read from it.
func TestNextOpening(t *testing.T) {
	t.Parallel()
	office := kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{"09:00-12:00,13:00-18:00", "9:00-18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", "", ""}}
	spring := office
	spring.Zone, spring.Holidays = "Asia/Shanghai", []string{"2026-02-16..2026-02-20", "05-01"}
	winter := daily("Europe/Berlin", "08:00-16:00", "12-24..01-02")
	leap := daily("Asia/Taipei", "08:00-16:00", "02-29")
	night := kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{4: "22:00-02:00", 6: "18:00-24:00"}}
	nightOff := night
	nightOff.Holidays = []string{"2026-11-21"}
	eveOff := night
	eveOff.Holidays = []string{"2026-11-20"}
	for _, c := range []struct {
		name  string
		hours kefu.Hours
		at    string
		want  string // "" is never within a year
	}{
		{"open", office, "2026-11-20T10:00:00+08:00", "2026-11-20T10:00:00+08:00"},
		{"the first moment", office, "2026-11-20T09:00:00+08:00", "2026-11-20T09:00:00+08:00"},
		{"the last moment is closed", office, "2026-11-20T18:00:00+08:00", "2026-11-23T09:00:00+08:00"},
		{"lunch", office, "2026-11-23T12:30:00+08:00", "2026-11-23T13:00:00+08:00"},
		{"the zone counts, not that of who asks", office, "2026-11-20T10:00:00Z", "2026-11-23T01:00:00Z"},
		{"holidays from to", spring, "2026-02-13T18:00:00+08:00", "2026-02-23T09:00:00+08:00"},
		{"a holiday of every year", spring, "2027-05-01T10:00:00+08:00", "2027-05-03T09:00:00+08:00"},
		{"holidays over the end of a year", winter, "2026-12-24T09:00:00+01:00", "2027-01-03T08:00:00+01:00"},
		{"the last of February", leap, "2028-02-29T09:00:00+08:00", "2028-03-01T08:00:00+08:00"},
		{"the first of March of another year", leap, "2027-03-01T09:00:00+08:00", "2027-03-01T09:00:00+08:00"},
		{"after midnight", night, "2026-11-21T01:30:00+08:00", "2026-11-21T01:30:00+08:00"},
		{"to the end of the day", night, "2026-11-23T00:00:00+08:00", "2026-11-27T22:00:00+08:00"},
		{"a holiday cuts what reaches into it", nightOff, "2026-11-21T00:00:00+08:00", "2026-11-22T18:00:00+08:00"},
		{"a holiday's evening reaches nowhere", eveOff, "2026-11-20T23:00:00+08:00", "2026-11-22T18:00:00+08:00"},
		{"the whole year is a holiday", daily("Asia/Taipei", "00:00-24:00", "01-01..12-31"), "2026-11-20T23:00:00+08:00", ""},
		{"the last holiday is more than a year away", daily("Asia/Taipei", "09:00-18:00", "2026-11-20..2027-11-20"), "2026-11-20T09:00:00+08:00", ""},
		{"always", kefu.Hours{}, "2026-11-20T23:00:00+08:00", "2026-11-20T23:00:00+08:00"},
		{"what cannot be read is open", kefu.Hours{Zone: "Nowhere/At_All"}, "2026-11-20T23:00:00+08:00", "2026-11-20T23:00:00+08:00"},

		{"New York: begins in an hour that does not exist", daily("America/New_York", "02:30-05:00"), "2026-03-08T01:59:00-05:00", "2026-03-08T03:00:00-04:00"},
		{"New York: lies in an hour that does not exist", daily("America/New_York", "02:00-03:00"), "2026-03-08T01:59:00-05:00", "2026-03-09T02:00:00-04:00"},
		{"New York: the hour that comes twice, first", daily("America/New_York", "01:00-01:30"), "2026-11-01T00:59:00-04:00", "2026-11-01T01:00:00-04:00"},
		{"New York: the hour that comes twice, between", daily("America/New_York", "01:00-01:30"), "2026-11-01T01:45:00-04:00", "2026-11-01T01:00:00-05:00"},
		{"New York: the hour that comes twice, after", daily("America/New_York", "01:00-01:30"), "2026-11-01T01:45:00-05:00", "2026-11-02T01:00:00-05:00"},
		{"New York: the clock falls back into the hours", daily("America/New_York", "00:00-01:30"), "2026-11-01T01:59:00-04:00", "2026-11-01T01:00:00-05:00"},
		{"Berlin: over the change", daily("Europe/Berlin", "09:00-17:00"), "2026-03-28T17:00:00+01:00", "2026-03-29T09:00:00+02:00"},
		{"Berlin: an hour that does not exist", daily("Europe/Berlin", "02:15-02:45"), "2026-03-29T01:30:00+01:00", "2026-03-30T02:15:00+02:00"},
		{"Berlin: an hour that comes twice", daily("Europe/Berlin", "02:15-02:45"), "2026-10-25T02:50:00+02:00", "2026-10-25T02:15:00+01:00"},
		{"Berlin: a night over the change", daily("Europe/Berlin", "22:00-03:30"), "2026-10-25T02:50:00+01:00", "2026-10-25T02:50:00+01:00"},
		{"Lord Howe: half an hour does not exist", daily("Australia/Lord_Howe", "02:00-02:30"), "2026-10-04T01:59:00+10:30", "2026-10-05T02:00:00+11:00"},
		{"Lord Howe: begins in it", daily("Australia/Lord_Howe", "02:15-04:00"), "2026-10-04T01:59:00+10:30", "2026-10-04T02:30:00+11:00"},
		{"Lord Howe: half an hour comes twice", daily("Australia/Lord_Howe", "01:30-01:45"), "2026-04-05T01:50:00+11:00", "2026-04-05T01:30:00+10:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			when := at(t, c.at)
			got, ok := c.hours.NextOpening(when)
			if c.want == "" {
				if ok || c.hours.OpenAt(when) {
					t.Errorf("opens at %s, want never", got.Format(time.RFC3339))
				}
				return
			}
			want := at(t, c.want)
			if !ok || !got.Equal(want) {
				t.Errorf("next opening is %s, %t; want %s", got.Format(time.RFC3339), ok, c.want)
			}
			if open := c.hours.OpenAt(when); open != want.Equal(when) {
				t.Errorf("open is %t", open)
			}
		})
	}
}

// TestNextOpeningIsTheFirst holds the answer against a clock that is read every five minutes.
func TestNextOpeningIsTheFirst(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Taipei", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}
	// Days around which the clocks change somewhere, and one of no change.
	days := []string{"2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31", "2026-06-15", "2026-12-30"}
	rapid.Check(t, func(t *rapid.T) {
		var h kefu.Hours
		h.Zone = rapid.SampledFrom(zones).Draw(t, "zone")
		for i := range h.Week {
			if rapid.Bool().Draw(t, "closed") {
				continue
			}
			from := rapid.IntRange(0, 287).Draw(t, "from")
			to := rapid.IntRange(from+1, 288).Draw(t, "to")
			h.Week[i] = clockText(from) + "-" + clockText(to)
		}
		h.Week[rapid.IntRange(0, 6).Draw(t, "night")] = "23:10-00:50"
		var faults kefu.Faults
		if h.Check(&faults, "hours"); len(faults) > 0 {
			t.Skip("a day begins before the night's end")
		}
		begin, err := time.Parse(time.DateOnly, rapid.SampledFrom(days).Draw(t, "day"))
		if err != nil {
			t.Fatal(err)
		}
		begin = begin.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * 5 * time.Minute)
		h.Holidays = []string{begin.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "holiday")).Format(time.DateOnly)}
		got, ok := h.NextOpening(begin)
		zone, err := time.LoadLocation(h.Zone)
		if err != nil {
			t.Fatal(err)
		}
		when := begin
		for ; !openNaively(h, when.In(zone)); when = when.Add(5 * time.Minute) {
			if h.OpenAt(when) {
				t.Fatalf("open at %s", when.In(zone))
			}
		}
		if !ok || !got.Equal(when) || !h.OpenAt(got) {
			t.Fatalf("from %s: next opening is %s, %t; want %s", begin.In(zone), got.In(zone), ok, when.In(zone))
		}
	})
}

func clockText(fives int) string { return fmt.Sprintf("%02d:%02d", fives/12, fives%12*5) }

// openNaively compares texts: what the clock on the wall shows with what is written.
func openNaively(h kefu.Hours, wall time.Time) bool {
	if wall.Format(time.DateOnly) == h.Holidays[0] {
		return false
	}
	clock := wall.Format("15:04")
	today, eve := h.Week[(int(wall.Weekday())+6)%7], h.Week[(int(wall.Weekday())+5)%7]
	from, to, _ := strings.Cut(today, "-")
	if today != "" && clock >= from && (clock < to || to < from) {
		return true
	}
	day := time.Date(wall.Year(), wall.Month(), wall.Day()-1, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
	from, to, _ = strings.Cut(eve, "-")
	return day != h.Holidays[0] && to < from && clock < to
}

func TestHoursCheck(t *testing.T) {
	t.Parallel()
	good := daily("Asia/Taipei", "09:00-12:00, 13:00-24:00", "2026-01-01", "02-29", "12-24..01-02", "2026-02-16..2026-02-20")
	var none kefu.Faults
	good.Check(&none, "hours")
	kefu.Hours{}.Check(&none, "hours")
	if len(none) > 0 {
		t.Errorf("well, and %v", none)
	}
	for _, c := range []struct {
		name  string
		hours kefu.Hours
		want  string // field, and a part of the words
	}{
		{"no zone", kefu.Hours{Week: good.Week}, "hours.zone is needed"},
		{"no zone, holidays only", kefu.Hours{Holidays: []string{"01-01"}}, "hours.zone is needed"},
		{"unknown zone", daily("Asia/Taipeh", "09:00-18:00"), `hours.zone "Asia/Taipeh" is not`},
		{"the machine's own zone", daily("Local", "09:00-18:00"), "hours.zone "},
		{"no hours", kefu.Hours{Zone: "Asia/Taipei"}, "hours.week has no hours"},
		{"no range", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{2: "morning"}}, `hours.week.wed "morning" is not a range`},
		{"hour 25", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{2: "09:00-25:00"}}, "hours.week.wed "},
		{"minute 60", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{2: "09:60-18:00"}}, "hours.week.wed "},
		{"behind 24:00", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{2: "09:00-24:01"}}, "hours.week.wed "},
		{"begins at 24:00", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{2: "24:00-02:00"}}, "hours.week.wed "},
		{"empty", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{3: "09:00-09:00"}}, "hours.week.thu "},
		{"overlap", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{4: "09:00-12:00,11:59-13:00"}}, `hours.week.fri "11:59-13:00" must begin`},
		{"backwards", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{5: "13:00-18:00,09:00-12:00"}}, "hours.week.sat "},
		{"a night is the last of its day", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{5: "22:00-02:00,23:00-24:00"}}, "hours.week.sat "},
		{"a night reaches into the next day's hours", kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{6: "22:00-02:00", 0: "01:59-03:00"}}, "hours.week.mon begins before the hours of sun"},
		{"too many", daily("Asia/Taipei", strings.TrimPrefix(strings.Repeat(",01:00-02:00", 13), ",")), "hours.week.mon has more than"},
		{"holiday", daily("Asia/Taipei", "09:00-18:00", "01-01", "Christmas"), `hours.holidays[1] "Christmas" is not a day`},
		{"no such day", daily("Asia/Taipei", "09:00-18:00", "2026-02-29"), "hours.holidays[0] "},
		{"half a range", daily("Asia/Taipei", "09:00-18:00", "2026-02-20.."), "hours.holidays[0] "},
		{"ends before it begins", daily("Asia/Taipei", "09:00-18:00", "2026-02-20..2026-02-16"), "hours.holidays[0] "},
		{"a year on one side", daily("Asia/Taipei", "09:00-18:00", "2026-02-20..02-22"), "hours.holidays[0] "},
		{"too many holidays", daily("Asia/Taipei", "09:00-18:00", make([]string, 401)...), "hours.holidays may be at most 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var f kefu.Faults
			c.hours.Check(&f, "hours")
			if len(f) == 0 || !strings.HasPrefix(f[0].Field+" "+f[0].Msg, c.want) {
				t.Errorf("faults %v, want %s", f, c.want)
			}
		})
	}
}

func TestEveryFaultOfHoursIsNamed(t *testing.T) {
	t.Parallel()
	var f kefu.Faults
	kefu.Hours{Zone: "x", Week: [7]string{"a", "b", "", "", "", "", "c"}, Holidays: []string{"d", "01-01", "e"}}.Check(&f, "hours")
	if len(f) != 6 {
		t.Errorf("%d faults: %v", len(f), f)
	}
}

func FuzzHours(f *testing.F) {
	f.Add("Asia/Taipei", "09:00-12:00,13:00-18:00", "2026-02-16..2026-02-20")
	f.Add("America/New_York", "22:00-02:00", "12-24..01-02")
	f.Add("", "24:00-", "..")
	begin := time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, zone, hours, day string) {
		h := daily(zone, hours, day)
		var faults kefu.Faults
		h.Check(&faults, "hours")
		got, ok := h.NextOpening(begin)
		if ok && !h.OpenAt(got) {
			t.Errorf("%+v: not open at %s", h, got)
		}
		if len(faults) > 0 && !h.OpenAt(begin) {
			t.Errorf("%+v is refused, and closes", h)
		}
	})
}
