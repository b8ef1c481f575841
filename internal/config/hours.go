package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"kefu"
	"kefu/internal/nearest"
)

// Hours are the business hours of an inbox as the file has them.
type Hours struct {
	Zone     string            `yaml:"zone" defaultdoc:"required" doc:"Time zone of the hours: Asia/Taipei."`
	Week     map[string]string `yaml:"week" type:"map" defaultdoc:"required" doc:"Hours by day: mon, tue, wed, thu, fri, sat, sun; or weekdays (Monday to Friday), weekend and daily, which hold for the days that are not named by themselves. Ranges with commas between them (09:00-12:00,13:00-18:00); one that ends before it begins (22:00-02:00) reaches into the next day. A day without hours is closed."`
	Holidays []string          `yaml:"holidays" type:"list" doc:"Days on which nobody answers: 2026-01-01, or 01-01 for every year, or from one to another: 2026-02-16..2026-02-20."`
}

// groups are the names that stand for several days, the narrower first. They count the days from Monday.
func groups() []group {
	return []group{{"weekdays", []int{0, 1, 2, 3, 4}}, {"weekend", []int{5, 6}}, {"daily", []int{0, 1, 2, 3, 4, 5, 6}}}
}

type group struct {
	name string
	days []int
}

// dayKeys are the keys of Week, in the order in which they are printed.
func dayKeys() []string {
	days := kefu.Weekdays()
	keys := days[:]
	for _, g := range groups() {
		keys = append(keys, g.name)
	}
	return keys
}

// BusinessHours are the inbox's hours, each day by itself.
func (in Inbox) BusinessHours() kefu.Hours {
	hours, _ := in.Hours.spread()
	return hours
}

// spread gives each day its hours, and tells by which key each day got them.
func (h Hours) spread() (out kefu.Hours, from [7]string) {
	out.Zone, out.Holidays = h.Zone, h.Holidays
	for i, day := range kefu.Weekdays() {
		from[i] = day
		if text, own := h.Week[day]; own {
			out.Week[i] = text
			continue
		}
		for _, g := range groups() {
			if text, named := h.Week[g.name]; named && slices.Contains(g.days, i) {
				out.Week[i], from[i] = text, g.name
				break
			}
		}
	}
	return out, from
}

// checkHours judges the hours. What is wrong with a group of days is told once, where it was written.
func (l *loader) checkHours(h Hours, path string) {
	if l.faulty(path) || h.none() {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(h.Week)) {
		if !slices.Contains(dayKeys(), key) {
			l.fault(join(path+".week", key), "is not a day%s; write %s", nearest.Suggest(key, dayKeys()), strings.Join(dayKeys(), ", "))
		}
	}
	if l.faulty(path) {
		return
	}
	hours, from := h.spread()
	var faults kefu.Faults
	hours.Check(&faults, path)
	if h.Zone == "" && len(faults) == 0 {
		faults.Add(path+".zone", "is needed: the time zone of the hours, like Asia/Taipei")
	}
	for _, f := range faults {
		if day, ok := strings.CutPrefix(f.Field, path+".week."); ok {
			days := kefu.Weekdays()
			f.Field = path + ".week." + from[slices.Index(days[:], day)]
		}
		if !slices.ContainsFunc(l.faults, func(told fault) bool { return told.field == f.Field }) {
			l.fault(f.Field, "%s", f.Msg)
		}
	}
}

// none tells whether no hours were written at all.
func (h Hours) none() bool { return h.Zone == "" && h.Week == nil && h.Holidays == nil }

// node gives the hours with the days in their order.
func (h Hours) node() *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	if h.none() {
		out.Style = yaml.FlowStyle
		return out
	}
	week := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, key := range dayKeys() {
		if text, ok := h.Week[key]; ok {
			week.Content = append(week.Content, textNode(key), textNode(text))
		}
	}
	holidays := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, day := range h.Holidays {
		holidays.Content = append(holidays.Content, textNode(day))
	}
	out.Content = []*yaml.Node{textNode("zone"), textNode(h.Zone), textNode("week"), week, textNode("holidays"), holidays}
	return out
}
