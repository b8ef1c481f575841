package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
)

func withHours(hours string) string {
	return "inboxes:\n  - id: shop\n    channel: wordpress\n    hours: " + hours + "\n"
}

func TestHours(t *testing.T) {
	t.Parallel()
	const day = "09:00-18:00"
	for name, c := range map[string]struct {
		yaml string
		want kefu.Hours
	}{
		"none":  {"{}", kefu.Hours{}},
		"empty": {"", kefu.Hours{}},
		"day by day": {`{zone: Asia/Taipei, week: {mon: "09:00-18:00", sun: 22:00-02:00}, holidays: [2026-01-01, 01-01]}`,
			kefu.Hours{Zone: "Asia/Taipei", Week: [7]string{0: day, 6: "22:00-02:00"}, Holidays: []string{"2026-01-01", "01-01"}}},
		"a day wins over its group": {`{zone: UTC, week: {weekdays: 09:00-18:00, wed: "", daily: 10:00-12:00}}`,
			kefu.Hours{Zone: "UTC", Week: [7]string{day, day, "", day, day, "10:00-12:00", "10:00-12:00"}}},
		"weekend before daily": {`{zone: UTC, week: {weekend: 09:00-18:00, daily: 10:00-12:00}}`,
			kefu.Hours{Zone: "UTC", Week: [7]string{"10:00-12:00", "10:00-12:00", "10:00-12:00", "10:00-12:00", "10:00-12:00", day, day}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := parse(t, withHours(c.yaml))
			if diff := cmp.Diff(c.want, cfg.Inboxes[0].BusinessHours()); diff != "" {
				t.Error(diff)
			}
			reloads(t, cfg)
		})
	}
}

func TestHoursFaults(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		`{week: {mon: 09:00-18:00}}`:                                         "inboxes[0].hours.zone (line 4): is needed",
		`{zone: Asia/Taipei}`:                                                "inboxes[0].hours.week (line 4): has no hours",
		`{week: {}}`:                                                         "inboxes[0].hours.zone (line 4): is needed",
		`{holidays: [01-01]}`:                                                "inboxes[0].hours.zone (line 4): is needed",
		`{zone: Asia/Taipeh, week: {mon: 09:00-18:00}}`:                      `inboxes[0].hours.zone (line 4): "Asia/Taipeh" is not`,
		"\n      zone: UTC\n      week:\n        tue: morning":               `inboxes[0].hours.week.tue (line 7): "morning" is not a range`,
		`{zone: UTC, week: {weekdays: morning}}`:                             `inboxes[0].hours.week.weekdays (line 4): "morning" is not a range`,
		`{zone: UTC, week: {tues: 09:00-18:00}}`:                             `inboxes[0].hours.week.tues (line 4): is not a day; did you mean tue?`,
		`{zone: UTC, week: {daily: 22:00-10:00, mon: 09:00-18:00}}`:          `inboxes[0].hours.week.mon (line 4): begins before the hours of sun end`,
		`{zone: UTC, week: {mon: 09:00-18:00}, holidays: [01-01, tomorrow]}`: `inboxes[0].hours.holidays[1] (line 4): "tomorrow" is not a day`,
		`{zone: UTC, week: {mon: 09:00-18:00}, holidays: 01-01}`:             "inboxes[0].hours.holidays (line 4): must be a list",
		`{zone: UTC, weeks: {mon: 09:00-18:00}}`:                             "inboxes[0].hours.weeks (line 4): is not known",
		`always`:                                                             "inboxes[0].hours (line 4): must be keys with values",
		`{zone: UTC, week: {mon: [09:00-18:00]}}`:                            "inboxes[0].hours.week.mon (line 4): must be one value",
	} {
		got := refused(t, withHours(yaml))
		if !strings.Contains(got, want) {
			t.Errorf("%s\nfaults %s\nwant   %s", yaml, got, want)
		}
		if strings.Contains(yaml, "weekdays: morning") && strings.Count(got, "morning") != 1 {
			t.Errorf("one fault is told five times: %s", got)
		}
	}
}
