package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/nearest"
)

// inboxID is what an inbox may be called: it stands in URLs and in names of variables.
var inboxID = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

func (l *loader) checkPacing() {
	for _, id := range slices.Sorted(maps.Keys(l.cfg.Pacing)) {
		if _, ok := l.cfg.Inbox(id); !ok {
			l.fault(join("pacing", string(id)), "is not an inbox%s", nearest.Suggest(string(id), l.inboxIDs()))
		}
	}
}

func (l *loader) inboxIDs() []string {
	ids := make([]string, 0, len(l.cfg.Inboxes))
	for _, in := range l.cfg.Inboxes {
		ids = append(ids, string(in.ID))
	}
	return ids
}

func (l *loader) checkInboxes() {
	ids := map[kefu.InboxID]int{}
	defaults := map[string]int{}
	for i := range l.cfg.Inboxes {
		in, path := &l.cfg.Inboxes[i], fmt.Sprintf("inboxes[%d]", i)
		if l.spoilt(path) {
			continue
		}
		l.checkID(in.ID, path, ids, i)
		l.checkChannel(in.Channel, path)
		l.checkRequired(in, path)
		l.checkHours(in.Hours, path+".hours")
		if in.Name == "" {
			in.Name = string(in.ID)
		}
		if !in.Default() {
			continue
		}
		if first, twice := defaults[in.Channel]; twice {
			l.fault(path+".settings.default", "is true, and so is that of inboxes[%d]; one %s inbox can answer at the root", first, in.Channel)
			continue
		}
		defaults[in.Channel] = i
	}
}

func (l *loader) checkID(id kefu.InboxID, path string, seen map[kefu.InboxID]int, i int) {
	first, twice := seen[id]
	switch {
	case l.faulty(path + ".id"):
	case id == "":
		l.fault(path+".id", "is missing; it is the inbox's stable name in URLs")
	case !inboxID.MatchString(string(id)):
		l.fault(path+".id", "%s must be lower case letters, digits, - and _, at most 63", quote(string(id)))
	case twice:
		l.fault(path+".id", "%s is also the id of inboxes[%d]", quote(string(id)), first)
	default:
		seen[id] = i
	}
}

func (l *loader) checkChannel(channel, path string) {
	if _, ok := l.kinds[channel]; ok || l.faulty(path+".channel") {
		return
	}
	known := l.channels()
	if channel == "" {
		l.fault(path+".channel", "is missing; there are %s", strings.Join(known, ", "))
		return
	}
	l.fault(path+".channel", "%s is not known%s; there are %s", quote(channel), nearest.Suggest(channel, known), strings.Join(known, ", "))
}

func (l *loader) checkRequired(in *Inbox, path string) {
	if l.spoilt(path + ".settings") {
		return
	}
	for _, f := range in.Settings.fields {
		at := path + ".settings." + f.Name
		if v := in.Settings.values[f.Name]; f.Required && (v == nil || v == "") && !l.faulty(at) {
			l.fault(at, "is missing%s", l.otherWay(in.ID, path, f.Name))
		}
	}
}

// otherWay names the variable of a setting. An inbox without a good id has none.
func (l *loader) otherWay(id kefu.InboxID, path, setting string) string {
	if l.faulty(path + ".id") {
		return ""
	}
	return "; set it here or as " + settingVariable(string(id), setting)
}

// spoilt tells whether what is at path could not be read as a whole: nothing is known about its parts then.
func (l *loader) spoilt(path string) bool {
	return slices.ContainsFunc(l.faults, func(f fault) bool { return f.field == path })
}

func (l *loader) checkRoutes() {
	from := map[kefu.InboxID]int{}
	for i, r := range l.cfg.Routes {
		path := fmt.Sprintf("routes[%d]", i)
		if l.checkEnd(path+".from", r.From, false) {
			if first, twice := from[r.From]; twice {
				l.fault(path+".from", "%s has a route already in routes[%d]; write them as one", quote(string(r.From)), first)
			} else {
				from[r.From] = i
			}
		}
		for j, to := range r.To {
			at := fmt.Sprintf("%s.to[%d]", path, j)
			if l.checkEnd(at, to, true) && slices.Contains(r.To[:j], to) {
				l.fault(at, "%s stands here twice", quote(string(to)))
			}
		}
	}
}

// checkEnd judges one end of a route and tells whether it can be one.
func (l *loader) checkEnd(path string, id kefu.InboxID, desk bool) bool {
	in, ok := l.cfg.Inbox(id)
	kind, known := l.kinds[in.Channel]
	switch {
	case l.faulty(path):
		return false
	case id == "":
		l.fault(path, "is missing; name an inbox")
	case !ok:
		l.fault(path, "%s is not an inbox%s", quote(string(id)), nearest.Suggest(string(id), l.inboxIDs()))
	case known && desk && !kind.Desk:
		l.fault(path, "%s has no staff: channel %s cannot be a desk", quote(string(id)), in.Channel)
	case known && !desk && !kind.Customer:
		l.fault(path, "%s has no customers: channel %s can be a desk only", quote(string(id)), in.Channel)
	default:
		return true
	}
	return false
}

func (l *loader) channels() []string { return slices.Sorted(maps.Keys(l.kinds)) }
